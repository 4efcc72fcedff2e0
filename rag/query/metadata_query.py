"""Questions about a publication rather than of it: who wrote which article, in which issue, ….

Patterns of a few words for Chinese and English, on folded text. They ask for a field that the
metadata have and for an article or a publication to have it; "the author argues …" asks for
neither. What is left of a question without the words that ask says which article is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from index.storage.records import ArticleHeader
from index.text.scripts import fold
from index.text.terms import analyze
from rag.answer.model import MetadataField
from rag.query.answer_type import asks_for_source
from rag.query.ordinal import parse_ordinal

_ARTICLE_ZH = r"文章|专文|专论|本文|此文|该文|全文|论文|[哪这那该此本一几首末]?一?篇(?!幅)"
_ARTICLE_EN = (
    r"\b(?:(?:the|this|that|an?|each|every|which|what|whose|all|these|those|other|many) ){0,2}"
    r"(?:articles?|pieces?|essays?|papers?|contributions?)\b|\b(?:any|some)thing (?:on|about)\b"
)
_SERIAL_ZH = (
    r"期刊|刊物|杂志|[双半]?[周月旬季年]刊|[双半]?[周月]报|学报|出版[品物]|通讯|特刊|专刊|会刊"
)
_SERIAL_EN = (
    r"periodical|publication|journal|magazine|bulletin|newsletter|review|gazette|quarterly|yearbook"
    r"|(?:fort|bi-?|semi-?)?(?:night|week|month|annual)ly"
)
_PUBLICATION = re.compile(
    rf"[本这该当此][一]?(?:期|刊|号)|[本这该此那][一]?[份本个册]?(?:的)?(?:{_SERIAL_ZH}|报告)|(?:{_SERIAL_ZH})"
    rf"|\b(?:this|the (?:current|latest|present|whole|entire)) (?:issue|number|volume|report)\b"
    rf"|\b(?:this|the) (?:{_SERIAL_EN})(?! dates?\b)(?:'s)?\b|\bthe issue\b(?= *[?.]*$)"
    r"|^(?:出版|发行|出刊)的?(?:日期|时间|年月)(?=[是为?]|$)"
    r"|^(?:what(?: is|'s) )?(?:the )?(?:publication|release) date[?]*$"
)
ISSUE_NUMBER = re.compile(
    r"第 ?[\d〇零一二三四五六七八九十百]+ ?[期号]|\b(?:issue|no\.?|number|volume) ?\d+\b"
)
_ARTICLE = re.compile(f"{_ARTICLE_ZH}|{_ARTICLE_EN}")
_AUTHOR_WORD = re.compile(
    r"作者|撰稿人|执笔人|[写撰][^，。？]{1,30}的(?:人|(?=是))|\bauthors?\b|\bcontributors?\b"
)

_WHO_ZH = r"(?:谁|何人|什么人|哪一?位|哪几位|哪些人)"
_WROTE_ZH = r"(?:所)?(?:写|撰|著|执笔|主笔|投稿|供稿)"
_WHICH_ZH = r"(?:哪|什么|何)"

_FIELD_PATTERNS: tuple[tuple[MetadataField, re.Pattern[str]], ...] = (
    (
        "author",
        re.compile(
            rf"(?:还|另外|其他)?有?{_WHO_ZH}(?:也|还|又)?{_WROTE_ZH}[了的稿]*"
            rf"|(?:作者|撰文者?|撰稿人|执笔[人者])[们群]?(?:的?(?:名字|姓名|大名))?"
            rf"(?:又|分别|各|到底|究竟)?[是为叫有]?(?:{_WHO_ZH}|什么名字|哪些$)"
            rf"|{_WHO_ZH}(?:才)?是.{{0,40}}(?:作者|撰文者?|撰稿人|执笔[人者])"
            r"|有?(?:哪些|哪几位|几位|多少位?)(?:作者|撰稿人)|作者一?共?有?(?:几[位人个]|多少)|作者(?:名单|姓名|呢)|作者[?？。]*$"
            r"|\bwho (?:else )?(?:wrote|writes|authored|penned|co-?authored|has written|contributed"
            r"|(?:is|are|was|were) (?:it )?(?:written )?(?:by|the (?:co-?)?authors?)"
            r"|(?:is|are|was|were) the writers?)\b"
            r"|\bwritten by who(?:m)?\b|\bby whom\b|\b(?:names? of )?the authors?(?:'s?)? names?\b"
            r"|\b(?:which|what) (?:authors|contributors)\b|\bnames? of the authors?\b"
            r"|\b(?:list|name|give|state)(?: me)? (?:all )?(?:the )?(?:authors?|contributors)\b"
            r"|\bwho(?:'s| else is) the author\b|^(?:and )?(?:the )?authors?\b[?]*$"
        ),
    ),
    (
        "institute",
        re.compile(
            rf"(?:在|属于?|隶属于?|来自|任职于?|服务于?)?{_WHICH_ZH}一?[个间所家]?"
            r"(?:研究所|研究院|研究机构|研究单位|单位|机构|大学|学校|系所|部门|所|院)"
            r"(?:的)?(?:工作|任职|服务|做研究|做事|研究|上班|的人)?"
            r"|在?(?:哪里|哪儿|何处|什么地方)(?:工作|任职|服务|供职|做研究|上班|做事)"
            r"|(?:任职|服务|供职|工作|隶属)(?:于|在)?(?:哪里|哪儿|何处|什么地方)"
            r"|(?:所属|服务|任职)(?:的)?(?:单位|机构|研究所)"
            r"|的(?:研究)?(?:单位|机构|研究所)是?[?？]*$"
            r"|\b(?:which|what) (?:research )?(?:institut\w+|organi[sz]ation|university|department"
            r"|think tank|centre|center)\b|\baffiliat\w+|\binstitut(?:e|ion)\b"
            r"|\bwhere (?:does|do|is|are|did) .{1,60}\b(?:works?|based|employed)\b"
        ),
    ),
    (
        "topics",
        re.compile(
            rf"焦点类别|(?:主题|议题|焦点)?类别|关键词|{_WHICH_ZH}[些个几]*(?:主题|议题|类别?|领域|栏目|分类)"
            r"|(?:被|是)?[归列分放收][到在入类为于]+"
            r"|\b(?:focus )?topics?\b|\bfiled\b|\bcategor(?:y|ies|i[sz]ed)\b|\bkeywords?\b"
            r"|\bclassified\b|\blisted under\b"
        ),
    ),
    ("page", re.compile(r"第几页|哪一?页|页码|\b(?:which|what) page\b|\bpage numbers?\b")),
    (
        "number",
        re.compile(
            r"第几[期卷号]|期[数号]|哪一?期|\b(?:issue|volume) (?:number|no\b)|\bwhat number\b"
            rf"|\bnumber of (?:this|the) (?:issue|{_SERIAL_EN})\b"
            r"|\b(?:which|what) (?:issue|number|volume) (?:is (?:this|it)\b|of (?:this|the)\b"
            r"|carries\b|contains\b|published\b|ran\b)|\bin which (?:issue|number|volume)\b"
        ),
    ),
    (
        "date",
        re.compile(
            r"(?:何时|什么时候|哪一?[天日年月]|几月几[日号]|几[月号]|何日)(?:[^，。？]{0,3})"
            r"(?:出版|发行|出刊|刊出|刊登|发表|问世)[的了]?"
            r"|(?:出版|发行|出刊|刊出|刊登|发表)的?(?:日期|时间|年月|日子|日)"
            r"(?:[是为](?:哪一?[天日年月]|何时|何日|什么时候|几月几[日号]))?"
            r"|(?:出版|发行|出刊|刊出|刊登|发表)[于在](?:何时|什么时候|哪一?[天日年月]|几月几[日号])"
            r"|\bwhen (?:was|were|is|did|does)\b.*?\b(?:published|issued|printed|appear(?:ed)?"
            r"|c[ao]me out|released)\b|\b(?:publication|issue|release) date\b|\bwhat date\b"
            r"|\bdate of (?:publication|(?:this|the) issue)\b"
            r"|\b(?:what|which) (?:day|date|month|year) (?:was|is|did)\b.*"
            r"\b(?:published|issued|appear)\b"
        ),
    ),
    (
        "publisher",
        re.compile(
            rf"(?:是|由)?(?:{_WHO_ZH}|{_WHICH_ZH}一?[个家间]?(?:单位|机构|机关|组织|团体|出版社|研究院))"
            r"(?:所)?(?:出版|发行|主办|编印|印行|出刊)[的]?"
            rf"|(?:出版|发行|主办|编印)(?:者|单位|机构|机关|社|方)[是为叫]?(?:{_WHO_ZH}|{_WHICH_ZH}.{{0,3}}|[?？]*$)"
            r"|\bwho (?:publish\w*|issues|puts out|brings out|produces)\b|\bpublish(?:er|ed by)\b"
            r"|\b(?:which|what) \w+ (?:publishes|issues|brings out|puts out|is behind)\b"
        ),
    ),
    (
        "imprint",
        re.compile(
            r"[总主副责任执行助理编美辑校对]{0,4}(?:编辑|主编|总编|编委|校对)[委员群们]*|发行人|社长|"
            r"版权页|编辑部"
            r"|\b(?:chief|managing|assistant|associate|deputy|executive|senior)?[ -]?editors?\b"
            r"(?:[ -](?:in[ -]chief))?|\beditorial (?:board|team|staff)\b|\bimprint\b|\bmasthead\b"
            r"|\bwho edit(?:s|ed)\b"
        ),
    ),
    (
        "title",
        re.compile(
            r"(?:英文|中文)?(?:标题|题目|篇名|题名|刊名)[是为叫]?(?:什么|何)?|叫(?:做)?什么(?:名字)?"
            r"|名称[是为]什么"
            r"|\b(?:english |chinese )?titles?\b|\bheadline\b|\bcalled\b|\bthe name\b"
        ),
    ),
)  # fmt: skip
_LIST_QUESTION = re.compile(
    r"(?:有|收录?|刊[登载有]|包[括含]|登)[了]?(?:哪些|哪几|什么|几|多少)篇?(?:的)?(?:文章|专文|论文|内容)?"
    r"|[几多少]+篇|目录|目次|篇目|(?:所有|全部|每一?篇)的?文章"
    r"|哪(?:些|几)(?:篇)?(?:的)?(?:文章|专文|论文)?"
    r"|(?<=[期刊物志])(?:都|主要|里面?)*在?(?:谈|讲|讨论)[了些]*什么"
    r"|\bwhat (?:is|are) (?:this|the) (?:issue|number|periodical|journal|magazine) about\b"
    r"|\bhow many (?:articles|pieces|papers|essays)\b|\b(?:table of )?contents\b"
    r"|\b(?:list|name|show)(?: me)? (?:of )?(?:all )?(?:of )?(?:the )?(?:articles|pieces|essays)\b"
    r"|\b(?:what|which)(?: other)? (?:articles|pieces|essays)\b|\ball (?:the )?articles\b"
)
_WHICH_ARTICLE = re.compile(
    r"哪(?:一|几|些)?(?:篇|个?文章)|什么文章|有没有(?=.*(?:文章|一篇))|有(?=.{0,30}(?:文章|的一?篇)吗)"
    r"|\b(?:which|what) (?:articles?|piece|pieces|essays?|paper)\b"
    r"|\b(?:is|are) there (?:an |any )?(?:articles?|pieces?|essays?|anything (?:on|about))\b"
)
_TOPIC_VERBS_EN = re.compile(
    r"\b(?:about|on|deal\w*|discuss\w*|cover\w*|look\w*|concern\w*|treat\w*|examin\w*|analy[sz]\w*"
    r"|explor\w*|focus\w*|mention\w*|address\w*|describ\w*|talk\w*|wrote|writ\w+|by|filed|there"
    r"|classified|listed|published|here|issue|in (?:this|the) \w+)\b"
)
_WORKS_BY_AUTHOR = re.compile(
    r"(?:还|又|都)?(?:写|撰写?|发表|执笔|投稿|著)[了过有的]*(?:是)?(?:哪|什么|几|多少)(?:些|一|几)?[篇个]?(?:文章)?"
    r"|(?:的|有)(?:什么|哪些|哪一?篇)?文章"
    r"|\bwhat (?:else )?(?:did|has|have|does)\b.*\b(?:write|written|contributed?|publish(?:ed)?)\b"
    r"|\b(?:articles?|pieces?|anything)(?: \w+)? by\b|\b(?:did|has)\b.*\b(?:write|written)\b"
)
_LEGAL_ARTICLE = re.compile(r"\barticles? (?:\d+|of (?!this|the (?:issue|current|latest)))")
_CITATION_QUESTION = re.compile(
    r"引|出处|来源|根据|注[释解脚]|参考|\bcit(?:e|ed|es|ing)\b|\bquot(?:e|ed|es|ing)\b"
)
_OTHER_ITEMS = re.compile(
    r"[还另]有谁|还有哪|其他|别的|\bwho else\b|\bother (?:authors|articles)\b"
)
_PRONOUN = re.compile(r"[他她它]|\b(?:he|she|they|it|this|that)\b")
_ELLIPTIC_FOLLOW_UP = re.compile(
    r"^(?:那么?|而)?[^，。]{1,30}呢[?？]*$|^(?:and|but)\b|\b(?:what|how) about\b"
)
_FILLER_WORDS_ZH = re.compile(
    r"请问|请|想知道|告诉我|列出|列举|给我|可以|能否|有没有|是否|关于|有关|谈论?到?|讲述?到?|讨论|探讨|论述|处理|涉及|提到|提及|涵盖|收录|包[括含]|刊[登载]"
    r"|分析|介绍|写的?|主题|内容|这里|里面?|当中|其中|一共|总共|共|分别|全部|所有|每|又|还|也|都|吗|呢|吧|啊"
    r"|什么|哪[些个一]?|谁|几|多少|名字|姓名|题目|标题|作者|是|的|在|了|有|叫|为|与|和|那|这|该|本|此|被|由|里|中|上"
    r"|个|些|位|篇|期|份|刊|类|种|所|一|人|他|她"
)
_FILLER_WORDS_EN = re.compile(
    r"\b(?:please|tell|me|know|about|on|deal\w*|discuss\w*|cover\w*|look\w* at|looks|concern\w*"
    r"|treat\w*|examin\w*|analy[sz]\w*|explor\w*|focus\w*|mention\w*|address\w*|describ\w*|talk\w*"
    r"|articles?|pieces?|essays?|papers?|contributions?|issue|number|authors?|name|names|titles?"
    r"|wrote|writes?|written|publish\w*|list|else|topics?|under|here|there|work|works|contributors?"
    r"|contain\w*|includ\w*|carr(?:y|ies)|feature\w*|has|have|belong\w*"
    r"|subject|page|date|chinese|english|long|entitled|called|titled|contributed?|many|also)\b"
)

_MAX_CHANCE_PREFIX_TERMS = 2  # terms that may begin a title by chance
_COLON = re.compile("[:：—]")
PUBLICATION_FIELDS: frozenset[MetadataField] = frozenset(("number", "date", "publisher", "imprint"))
"""What is printed of a publication, never of an article alone."""

_SELF_CONTAINED_FIELDS: tuple[MetadataField, ...] = ("author", "imprint", "number", "publisher")
_MIN_TITLE_OVERLAP = 0.6  # of a title's terms, to name an article without saying that it is one


@dataclass(frozen=True, slots=True)
class MetadataQuery:
    """What a question asks of the metadata.

    Attributes:
        fields: What it asks for, in the order of `_FIELDS`.
        subject: What it says of the article that it means, folded; "" if nothing.
        mentions_article: Whether it speaks of an article.
        mentions_author: Whether it, or the question before it, speaks of an author.
        mentions_publication: Whether it speaks of a publication, or of all articles.
        text: The whole question, folded.
        article_position: The place of the article that it means, from 0 or back from the end, if it says one.
    """

    fields: tuple[MetadataField, ...]
    subject: str
    mentions_article: bool
    mentions_author: bool
    mentions_publication: bool
    text: str
    article_position: int | None = None

    @property
    def is_self_contained(self) -> bool:
        """Whether it can be asked of any publication without naming one."""
        return self.fields[0] in _SELF_CONTAINED_FIELDS

    @property
    def is_about_publication(self) -> bool:
        """Whether it asks for what is printed of a publication alone, and speaks of no article."""
        return (
            self.mentions_publication
            and not self.mentions_article
            and PUBLICATION_FIELDS.issuperset(self.fields)
        )

    def matches_title(self, headers: Iterable[ArticleHeader]) -> bool:
        """Whether it names an article by all or most of its title."""
        return any(
            _matches_title(self.subject, title) for header in headers for title in header.titles
        )


def parse_metadata_query(
    question: str, names: Iterable[str] = (), institutes: Iterable[str] = ()
) -> MetadataQuery | None:
    """What a question asks of the metadata; None for a question that the text has to answer.

    Args:
        question: As asked.
        names: What it names of the library's authors, topics and titles of publications, folded.
        institutes: What it names of its institutes, folded; texts speak of these, too.
    """
    text = fold(question).strip()
    if _CITATION_QUESTION.search(text) or _LEGAL_ARTICLE.search(text):
        return None
    ordinal = parse_ordinal(text)
    remainder, has_name = ordinal.remainder if ordinal else text, False
    for name in institutes:
        remainder = remainder.replace(name, " ")
    for name in names:
        has_name, remainder = True, remainder.replace(name, " ")
    mentions_article = _ARTICLE.search(remainder) is not None
    mentions_publication = any(
        each.search(remainder) for each in (_PUBLICATION, ISSUE_NUMBER, _OTHER_ITEMS)
    )
    asks_for_works = _WORKS_BY_AUTHOR.search(remainder) is not None
    mentions_author = _AUTHOR_WORD.search(remainder) is not None
    fields: list[MetadataField] = [
        field for field, pattern in _FIELD_PATTERNS if pattern.search(remainder)
    ]
    asks_which_article = _WHICH_ARTICLE.search(remainder) is not None and not (
        "which" in remainder and _TOPIC_VERBS_EN.search(remainder) is None
    )
    asks_for_list = _LIST_QUESTION.search(remainder) is not None and (
        mentions_article or mentions_publication
    )
    if asks_for_source(question) and not (
        asks_which_article or asks_for_list or "author" in fields
    ):
        return None
    has_referent = mentions_article or mentions_publication or has_name or mentions_author
    subject = _extract_subject(remainder)
    fields = [
        field
        for field in fields
        if _is_field_allowed(field, remainder, has_referent=has_referent, has_name=has_name)
        or (field in _SELF_CONTAINED_FIELDS and not subject)
        or (not subject and _PRONOUN.search(remainder))
    ]
    if asks_which_article and not set(fields) - {"title", "topics"}:
        fields = ["title"] if subject or has_name else ["articles"]
    elif not fields and (
        (has_name and asks_for_works)
        or (mentions_article and not subject and (has_name or ordinal))
    ):
        fields = ["title"]
    if asks_for_list and not subject and not set(fields) - {"title"}:
        fields = ["articles"]
    if not fields:
        return None
    return MetadataQuery(
        tuple(fields),
        subject,
        mentions_article,
        mentions_author,
        mentions_publication,
        text,
        ordinal.position if ordinal else None,
    )


def parse_elliptic_follow_up(
    question: str, previous_query: MetadataQuery, names: Iterable[str] = ()
) -> MetadataQuery | None:
    """What a question asks that only names another article: 那夜市那篇呢？, and the one on X?

    Args:
        question: As asked.
        previous_query: What the question before it asked of the metadata.
        names: As for `request`.
    """
    text = fold(question).strip()
    if _ELLIPTIC_FOLLOW_UP.search(text) is None:
        return None
    remainder = text
    for name in names:
        remainder = remainder.replace(name, " ")
    return replace(
        previous_query,
        subject=_extract_subject(remainder),
        mentions_article=True,
        mentions_publication=False,
        text=text,
    )


def mentions_article_or_author(question: str) -> bool:
    """Whether a question speaks of an article or its author."""
    text = fold(question)
    return any(pattern.search(text) for pattern in (_ARTICLE, _AUTHOR_WORD))


def is_possible_metadata_query(text: str) -> bool:
    """Whether a folded question may ask anything of the metadata: a quick look."""
    patterns = (
        *(pattern for _, pattern in _FIELD_PATTERNS),
        _LIST_QUESTION,
        _WHICH_ARTICLE,
        _WORKS_BY_AUTHOR,
        _ARTICLE,
    )
    return any(pattern.search(text) for pattern in patterns)


def _is_field_allowed(
    field: MetadataField, text: str, *, has_referent: bool, has_name: bool
) -> bool:
    """Whether a field may be asked for, by what else a question speaks of."""
    if field == "institute":
        return has_name or _AUTHOR_WORD.search(text) is not None
    return field == "author" or has_referent


def _extract_subject(text: str) -> str:
    """What is left without the words that ask, if it says anything."""
    question_patterns = (
        _LIST_QUESTION,
        *(pattern for _, pattern in reversed(_FIELD_PATTERNS)),
        _WHICH_ARTICLE,
        _WORKS_BY_AUTHOR,
    )
    for pattern in question_patterns:
        text = pattern.sub(" ", text)
    for pattern in (ISSUE_NUMBER, _PUBLICATION, _ARTICLE):
        text = pattern.sub(" ", text)
    text = _FILLER_WORDS_EN.sub(" ", text)
    content = _FILLER_WORDS_ZH.sub(" ", text)
    return " ".join(text.split()) if analyze(content) else ""


def _matches_title(subject: str, title: str) -> bool:
    """Whether a subject is most of a title, with or without what stands after its colon."""
    subject_terms = set(analyze(subject))
    for part in (title, _COLON.split(title)[0]):
        title_terms = set(analyze(part))
        overlap = len(subject_terms & title_terms)
        if len(title_terms) > 1 and overlap >= _MIN_TITLE_OVERLAP * max(
            len(title_terms), len(subject_terms)
        ):
            return True
    return len(subject_terms) > _MAX_CHANCE_PREFIX_TERMS and title.startswith(subject)
