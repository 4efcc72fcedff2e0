"""Tests of notes of many conventions, in plain text and in Markdown, and of what is none."""

from __future__ import annotations

import pytest

from index.readers.warnings import find_lost_text, list_warnings
from tests.helpers.note_texts import list_marks, list_texts, read_text

HEAD = "鹽場與燈塔\n\n林望舒\n\n一、緣起\n\n"
FORMS = [
    ("〔{}〕", "〔{}〕"),
    ("［{}］", "［{}］ "),
    ("[{}]", "[{}] "),
    ("【{}】", "【{}】"),
    ("（註{}）", "註{}："),
    ("【註{}】", "【註{}】："),
    ("（注 {}）", "注{}：" ),
    ("({})", "({}) "),
    ("（{}）", "（{}）"),
    ("<sup>{}</sup>", "{}. "),
    ("<sup>[{}](#fn{})</sup>", "<sup>{}.</sup> "),
    ("[{}]", "{}. "),
    ("〔{}〕", "[{}] "),
]  # fmt: skip


@pytest.mark.parametrize("has_heading", [False, True])
@pytest.mark.parametrize(("mark", "note"), FORMS)
def test_forms_of_marks_and_notes(mark: str, note: str, has_heading: bool) -> None:
    marks = [mark.replace("{}", str(number)) for number in (1, 2, 3)]
    notes = [note.replace("{}", str(number)) for number in (1, 2, 3)]
    text = (
        f"鹽稅起於漢代{marks[0]}。唐代又有榷鹽{marks[1]}，至清不廢{marks[2]}。\n\n"
        + ("註釋\n\n" if has_heading else "")
        + f"{notes[0]}林知遠，《鹽鐵》，頁 12。\n\n{notes[1]}同上。\n\n{notes[2]}王雨的日記。\n"
    )
    for article in (
        read_text(HEAD + text).articles[0],
        read_text("# 鹽場\n\n" + text, as_markdown=True).articles[0],
    ):
        assert [note.number for note in article.notes] == ["1", "2", "3"]
        assert article.notes[2].text == "王雨的日記。"
        assert article.notes[1].resolves_to == "1"
        assert list_marks(article) == ["1", "2", "3"]
        assert list_texts(article) == ["鹽稅起於漢代。唐代又有榷鹽，至清不廢。"]


@pytest.mark.parametrize("sentence", ["鹽稅起於漢代，至清不廢。①", "鹽稅起於漢代①，至清不廢。"])
def test_single_mark_at_the_end_of_a_clause_leads_to_a_note_of_another_form(sentence: str) -> None:
    article = read_text(f"{HEAD}{sentence}\n\n1. 王雨日後的話，未見於他處。\n").articles[0]
    assert list_marks(article) == ["1"]
    assert [note.text for note in article.notes] == ["王雨日後的話，未見於他處。"]


def test_single_number_of_a_list_leads_to_no_note_of_another_form() -> None:
    text = HEAD + "理由有二：① 鹽稅起於漢代。\n\n1. 王雨日後的話，未見於他處。\n"
    assert read_text(text).articles[0].notes == ()


def test_marks_and_notes_of_different_forms() -> None:
    article = read_text(
        HEAD + "鹽稅起於漢代⑴。唐代又有榷鹽⑵。\n\n注 释\n\n〔1〕林知遠的書。\n〔2〕王雨的日記。\n"
    ).articles[0]
    assert [(note.number, note.text) for note in article.notes] == [
        ("1", "林知遠的書。"),
        ("2", "王雨的日記。"),
    ]
    assert list_marks(article) == ["1", "2"]


def test_numbers_that_begin_anew_on_each_page() -> None:
    page = "{0}①，風浪不息。{0}又興②。\n\n① {1}的書。\n② 同上。\n\n"
    article = read_text(
        HEAD + page.format("鹽場", "林知遠") + "二、結果\n\n" + page.format("燈塔", "王雨")
    ).articles[0]
    assert [note.number for note in article.notes] == ["1", "2", "1′", "2′"]
    assert [section.paragraphs[0].marks[1].note for section in article.sections] == ["2", "2′"]


def test_plain_digits_with_running_heads_and_page_numbers() -> None:
    publication = read_text(
        "The Salt Road\nAgnes Thorley\n\n"
        "Carters used the road until the toll of 1874.1 Nobody mourned it,2 for the\n"
        "canal was cheaper. It had 40 locks, at 2.5 crowns each. 3 They were narrow.\n\n"
        "1 Road Office, Toll Book (Sel: Road Office, 1875), p. 3.\n"
        "2 Id. at 5.\n"
        "3 Lowell Okell, “Locks,” Canal Papers 12 (1988): 101.\n\n"
        "11\n\n"
        "\fCANAL PAPERS\nThe Salt Road\n\n"
        "The locks were closed in 1902.4\n\n"
        "4 Canal Act, 1902.\n\n12\n"
    )
    article = publication.articles[0]
    assert (article.title, article.authors[0].name) == ("The Salt Road", "Agnes Thorley")
    assert [note.number for note in article.notes] == ["1", "2", "3", "4"]
    assert article.notes[1].resolves_to == "1"
    assert list_texts(article) == [
        "Carters used the road until the toll of 1874. Nobody mourned it, for the canal was "
        "cheaper. It had 40 locks, at 2.5 crowns each. They were narrow.",
        "The locks were closed in 1902.",
    ]
    assert [piece.text for piece in publication.set_aside if piece.reason == "furniture"] == [
        "11",
        "CANAL PAPERS The Salt Road",
        "12",
    ]


def test_numbers_of_notes_on_lines_of_their_own() -> None:
    article = read_text(
        "The Salt Road\n\nAgnes Thorley\n\nThe road was old,1 and steep.2\n_______________\n"
        "1\n  Road Office, Toll Book, p. 3.\n2\n\n  See the map of 1811,\nwhich is lost.\n"
    ).articles[0]
    assert [(note.number, note.text) for note in article.notes] == [
        ("1", "Road Office, Toll Book, p. 3."),
        ("2", "See the map of 1811, which is lost."),
    ]
    assert list_marks(article) == ["1", "2"]


def test_plain_digits_after_chinese() -> None:
    article = read_text(
        HEAD + "鹽稅起於漢代。1唐代又有榷鹽2，至清不廢。3\n\n"
        "1 林知遠：《鹽鐵》，第3页。\n2 同上，第9页。\n3 王雨的日記。\n"
    ).articles[0]
    assert list_marks(article) == ["1", "2", "3"]
    assert list_texts(article) == ["鹽稅起於漢代。唐代又有榷鹽，至清不廢。"]


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("Le môle fut fermé en 1801.1", "Nul ne sait pourquoi.2", "Le registre s’arrête là.3"),
        ("Порт закрыли в 1801 году.1", "Никто не знает почему.2", "Книга кончается там.3"),
        ("항만은 1801년에 닫혔다.1", "이유는 모른다.2", "장부는 거기서 끝난다.3"),
        ("Der Hafen war „trocken“.1", "Niemand weiß, warum er zufiel.2", "Es war früh.3"),
        ("They called it 'dry'.1", "It was 'wet.'2", "Nobody knows.3"),
    ],
)
def test_plain_digits_in_other_languages(first: str, second: str, third: str) -> None:
    notes = "1. A. Merrow, Silt (1999), p. 3.\n2. Ibid.\n3. J. Orme, Mud (2001), p. 9.\n"
    article = read_text(f"Silt\n\n{first} {second} {third}\n\n{notes}").articles[0]
    assert list_marks(article) == ["1", "2", "3"]
    assert list_texts(article) == [" ".join(text[:-1] for text in (first, second, third))]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        (
            "港受潮汐影響。[1](P12)後來又有補充。[2](P33-35)",
            "港受潮汐影響。(P12)後來又有補充。(P33-35)",
        ),
        ("The port was shut [1, p. 33], then sold [2, Sec. 4].", "The port was shut, then sold."),
        ("港受潮汐影響［①］，後來又有補充［②］。", "港受潮汐影響，後來又有補充。"),
    ],
)
def test_marks_with_pages_and_in_two_signs(sentence: str, text: str) -> None:
    labels = ("［①］", "［②］") if "①" in sentence else ("[1]", "[2]")
    notes = f"{labels[0]}林望舒. 潮[M]. 2018.\n{labels[1]}王雨. 風[J]. 2019.\n"
    article = read_text(f"潮汐\n\n{sentence}\n\n參考文獻\n\n{notes}").articles[0]
    assert list_marks(article) == ["1", "2"]
    assert list_texts(article) == [text]


@pytest.mark.parametrize("as_markdown", [False, True])
def test_references_that_are_marked_many_times(as_markdown: bool) -> None:
    article = read_text(
        ("# 潮流\n\n" if as_markdown else "潮流預測\n\n林望舒\n\n1 引言\n\n")
        + "誤差來自風[2]，早期方法[1]不用風，近年有網絡[3-5]，綜述見文獻[1,4]及[2]–[4]。\n\n"
        "參考文獻\n\n[1] 林望舒. 潮[M]. 2018.\n[2] 王雨. 風[J]. 2019.\n[3] 石沛. 浪[D]. 2020.\n"
        "[4] 溫若嵐. 沙[C]. 2021.\n[5] 尤以安. 鹽[N]. 2022.\n",
        as_markdown=as_markdown,
    ).articles[0]
    assert len(article.notes) == 5
    assert list_marks(article) == ["2", "1", "3", "4", "5", "1", "4", "2", "3", "4"]
    assert list_texts(article) == ["誤差來自風，早期方法不用風，近年有網絡，綜述見文獻及。"]


def test_lists_of_notes_by_chapter() -> None:
    article = read_text(
        "The Salt Road\n\nAda Okell\n\nCHAPTER 1\n\nThe road was old.[1] Carters used it.[2]\n\n"
        "CHAPTER 2\n\nIt was paved.[1] It was closed.[2]\n\nNOTES\n\nCHAPTER 1\n\n"
        "[1] Road Book.\n[2] Toll Book.\n\nCHAPTER 2\n\n[1] Paving Book.\n[2] The Herald.\n"
    ).articles[0]
    assert [(note.number, note.text) for note in article.notes] == [
        ("1", "Road Book."),
        ("2", "Toll Book."),
        ("1′", "Paving Book."),
        ("2′", "The Herald."),
    ]
    assert list_marks(article) == ["1", "2", "1′", "2′"]


def test_notes_of_project_gutenberg() -> None:
    article = read_text(
        "THE SALT ROAD\n\nAda Okell\n\nThe road was old.[1] It was steep.[A]\n\n"
        "[Footnote 1: See the ledger, which was\nbegun in 1811.]\n\n[Footnote A: Ibid.]\n"
    ).articles[0]
    assert [(note.number, note.text) for note in article.notes] == [
        ("1", "See the ledger, which was begun in 1811."),
        ("A", "Ibid."),
    ]
    assert list_marks(article) == ["1", "A"]


def test_stars_and_daggers() -> None:
    article = read_text(
        "The Quiet Harbour\n\nAda Okell*\n\nIntroduction\n\n*Silt* closed it in 1919.†\n\n"
        "* Lecturer at Sel.\n† The Herald.\n\n* oil\n* salt\n"
    ).articles[0]
    assert [note.number for note in article.notes] == ["*", "†"]
    assert list_texts(article)[0] == "*Silt* closed it in 1919."


def test_han_numbers() -> None:
    article = read_text(
        HEAD + "鹽稅起於漢代（註一）。唐代又有榷鹽（註二），參見註一。\n\n"
        "註一：林知遠的書。\n註二：同註一，頁 3。\n"
    ).articles[0]
    assert [note.number for note in article.notes] == ["一", "二"]
    assert article.notes[1].resolves_to == "一"
    assert list_texts(article) == ["鹽稅起於漢代。唐代又有榷鹽，參見註一。"]


SHAPES = {
    "roman numbers": (
        "The barge left twice.[i] It came back once.[ii]\n\n[i] Barge Book.\n[ii] Ibid.\n",
        ["i", "ii"],
    ),
    "marks side by side, and back links": (
        "Sel has 900 people[1][2] and a mill.[1]\n\nReferences\n\n"
        "1. ^ a b Okell, Ada (2001). Mills. p. 3.\n2. ^ The Herald (1919).\n",
        ["1", "2", "1"],
    ),
    "digits between blanks": (
        "The toll fell in 1822 1 and rose again.2 Two mills closed 3 . The rest 4 were sold.\n\n"
        "Notes\n\n1 Toll Book.\n\n2 Ibid.\n\n3 The Herald.\n\n4 The Herald.\n",
        ["1", "2", "3", "4"],
    ),
    "lists of plain digits": (
        "Salt belongs to all,1, 2 the court held,3 and to none.4,5\n\n1 Salt v. Board.\n"
        "2 In re Salt.\n3 Id. at 3.\n4 Id.\n5 Ada Okell, Salt.\n",
        ["1", "2", "3", "4", "5"],
    ),
    "digits between Chinese characters": (
        "溫若嵐的考證1最詳，惟未及鹽場2。後來有石沛的批評3，至今無人回應。\n\n"
        "1 溫若嵐：《鹽》，第3頁。\n2 同上。\n3 石沛：《評鹽》。\n",
        ["1", "2", "3"],
    ),
    "lists by chapter without blank lines": (
        "CHAPTER I\nThe Mill\n\nThe mill was built in 1702.1 It ground salt.2\n\n"
        "CHAPTER II\nThe Fire\n\nIt burned.1 Nobody wept.2\n\nNOTES\n\nCHAPTER I\n"
        "1. Mill Book, 3.\n2. Ibid., 5.\n\nCHAPTER II\n1. The Herald.\n2. Fire Book, 3 May.\n",
        ["1", "2", "1′", "2′"],
    ),
    "rules and numbers of pages": (
        "鹽場在一九二○年代開工1，帳冊已失2。\n\n────────\n1 林渡的書。\n2 存於南港。\n1\n\n"
        "\f第一章 鹽場\n\n燈塔的帳冊3尚存，王雨評之4。\n\n────────\n3 王雨的書。\n4 同上。\n2\n",
        ["1", "2", "3", "4"],
    ),
    "brackets after signs": (
        "Salt, says Goss,(1) is dear. The old paid in it;(2) so it is said.\n\n"
        "(1) Salt Book.\n(2) Ibid.\n",
        ["1", "2"],
    ),
    "pages from the midst of a work": (
        "The mill ran day and night,¹² and nobody slept.¹³\n\n12  Mill Book.\n13  Ibid.\n\n"
        "\fIt stopped in 1811.¹⁴\n\n14  The Herald.\n",
        ["12", "13", "14"],
    ),
    "stars on each page": (
        "The miller wrote at night.* He wrote in ink.†\n\n* The book is at Sel.\n† It froze.\n\n"
        "\fOn the third night he slept.*\n\n* The page is blank.\n",
        ["*", "†", "*′"],
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_of_files(name: str) -> None:
    text, marks = SHAPES[name]
    article = read_text(f"The Salt Mill\n\nAda Okell\n\n{text}").articles[0]
    assert list_marks(article) == marks
    assert [note.number for note in article.notes] == list(dict.fromkeys(marks))


def test_full_width_stars_at_title_and_author() -> None:
    article = read_text(
        "論鹽＊\n\n林渡＊＊\n\n一、前言\n\n鹽出於海①。\n\n"
        "＊ 初稿曾在會上發表。\n＊＊ 研究員。\n① 海誌。\n"
    ).articles[0]
    assert article.authors[0].name == "林渡"
    assert [note.number for note in article.notes] == ["*", "**", "1"]
    assert [mark.note for mark in article.marks] == ["*", "**"]


COUNTER_EXAMPLES = [
    "港口有三：\n\n1. 東港在東。\n2. 西港在西。\n3. 南港在南。\n\n三者皆深。",
    "本文分三部分：（1）起源；（2）發展；（3）結論。\n\n（1）起源\n\n鹽場在南。\n\n（2）發展\n\n鹽場在北。",
    "材料有三：①帳冊；②碑刻；③口述。\n\n① 帳冊在庫。\n\n② 碑刻在山。\n\n③ 口述在人。",
    "包括①東港、②西港和③南港。\n\n①東港在東。\n②西港在西。",
    "1 起初創造天地。\n2 地是空虛混沌。\n3 要有光，就有了光。",
    "面積 12 km²，產量 5×10³ 噸，H2O 與 CO2 皆常見，見表1。\n\n2019 年以後，減少 3 成。",
    "依據式(1)與式(2)：\n\nx = y + 1    (1)\n\ny = 2x       (2)",
    "海政發〔2020〕1號文、〔2021〕2號文規定第十二條第二款。",
    "1 Introduction\n\nThe harbour has 3 basins, of 12 m each.\n\n2 Method\n\nWe counted ships.",
    "On 3 May 1919, the 2 lamps failed. In 1920 there were 3.\n\n1. Oil.\n2. Gas.\n3. Light.",
    "| 港 | 深 |\n|---|---|\n| 東 | 1 |\n| 西 | 2 |",
    "- [1] apples\n- [2] pears",
    "The steps are (1) dredging, (2) draining.\n\n(1) It is dear.\n\n(2) It is slow.",
    "He wrote [sic] in [2019] of the *salt* and the *road*.\n\n* oil\n* salt",
]  # fmt: skip


@pytest.mark.parametrize("as_markdown", [False, True])
@pytest.mark.parametrize("text", COUNTER_EXAMPLES)
def test_what_is_no_note(text: str, as_markdown: bool) -> None:
    article = read_text(("# 鹽\n\n" if as_markdown else HEAD) + text, as_markdown=as_markdown)
    assert article.articles[0].notes == ()
    assert list_marks(article.articles[0]) == []
    assert list_warnings(article) == [] or "<sup>" in text


@pytest.mark.parametrize(
    ("marks", "labels"),
    [
        (("*", "†", "‡"), ("*", "†", "‡")),
        (("[一]", "[二]", "[三]"), ("[一] ", "[二] ", "[三] ")),
        (("1", "2", "3"), ("1. 12 ", "2. 34 ", "3. 56 ")),
    ],
)
def test_labels_right_before_the_text_of_notes(
    marks: tuple[str, ...], labels: tuple[str, ...]
) -> None:
    texts = ("The works were shut.", "Nobody knew why.", "They stay shut.")
    body = " ".join(text + mark for text, mark in zip(texts, marks, strict=True))
    notes = "\n".join(f"{label}Merrow, Silt, p. 3." for label in labels)
    (article,) = read_text(f"Silt and Money\n\n{body}\n\n{notes}\n").articles
    assert len(article.notes) == len(list_marks(article)) == 3
    assert list_texts(article) == [" ".join(texts)]


@pytest.mark.parametrize("comma", [",", "^,^", "<sup>,</sup>", ", ", "、"])
def test_commas_between_two_labels_are_no_text(comma: str) -> None:
    text = f"# Silt\n\nIt rose.[^1]{comma}[^2] It fell.\n\n[^1]: Merrow, 3.\n[^2]: Ibid.\n"
    (article,) = read_text(text, as_markdown=True).articles
    assert list_texts(article) == ["It rose. It fell."]
    assert list_marks(article) == ["1", "2"]
    assert len(article.notes) == 2


def test_the_comma_of_a_sentence_between_two_labels_stays() -> None:
    text = "# 鹽\n\n東港在東[^1]，[^2]西港在西。\n\n[^1]: 林知遠，頁 3。\n[^2]: 同上。\n"
    (article,) = read_text(text, as_markdown=True).articles
    assert list_texts(article) == ["東港在東，西港在西。"]


def test_labels_in_quotations_and_lists_and_with_blanks() -> None:
    article = read_text(
        "# Salt\n\nOne.[^Note A] Two.[^note  b] Again.[^Note A]\n\n> Quoted.[^q]\n>\n"
        "> [^q]: A note that\n> goes on.\n\n- item[^li]\n\n  [^li]: In a list.\n\n"
        "[^Note A]: First, as in the next.[^note b]\n[^note b]: Second.\n",
        as_markdown=True,
    ).articles[0]
    assert [(note.number, note.text) for note in article.notes] == [
        ("Note A", "First, as in the next."),
        ("note b", "Second."),
        ("q", "A note that goes on."),
        ("li", "In a list."),
    ]
    assert [mark.note for mark in article.notes[0].marks] == ["note b"]
    assert list_marks(article) == ["Note A", "note b", "Note A", "q", "li"]


def test_a_note_that_only_another_note_marks() -> None:
    publication = read_text(
        "# Salt\n\nThe road was old.[^1]\n\n[^1]: See the map.[^map]\n\n[^map]: It is lost.\n",
        as_markdown=True,
    )
    first, second = publication.articles[0].notes
    assert (first.marks[0].note, first.text) == ("map", "See the map.")
    assert second.text == "It is lost."
    assert "missing-mark" not in [finding.kind for finding in publication.findings]


def test_labels_that_stand_again_in_each_chapter() -> None:
    article = read_text(
        "# Salt\n\n## One\n\nThe road.[^1] Steep.[^2]\n\n[^1]: Road Book.\n[^2]: Ibid., 4.\n\n"
        "Again.[^1]\n\n## Two\n\nThe canal.[^1] Narrow.[^2]\n\n[^1]: Lock Book.\n[^2]: Ibid., 5.\n",
        as_markdown=True,
    ).articles[0]
    assert [note.number for note in article.notes] == ["1", "2", "1′", "2′"]
    assert [note.resolves_to for note in article.notes] == [None, "1", None, "1′"]
    assert list_marks(article) == ["1", "2", "1", "1′", "2′"]


def test_links_of_word_processors() -> None:
    article = read_text(
        "# 港務\n\n工會成立於前年[\\[1\\]](#_ftn1)，次年罷工[\\[2\\]](#_ftn2)。\n\n---\n\n"
        "[\\[1\\]](#_ftnref1) 王雨的書。\n\n[\\[2\\]](#_ftnref2) 同註 1。 [↩](#_ftnref2)\n",
        as_markdown=True,
    ).articles[0]
    assert [note.text for note in article.notes] == ["王雨的書。", "同註 1。"]
    assert list_marks(article) == ["1", "2"]


def test_what_looks_like_notes_is_named() -> None:
    reference = "Ina Voss, “Silt and Money,” Coastal Papers 4, no. 1 (2022): 1–4."
    publication = read_text(
        f"The Salt Road\n\nAda Okell\n\nThe road was old.\n\n1. {reference}\n2. {reference}\n"
    )
    assert publication.articles[0].notes == ()
    assert ["Lines 7 to 8 look like notes 1 to 2" in message.en for message in
            list_warnings(publication)] == [True]  # fmt: skip


def test_marks_that_lead_nowhere_are_named() -> None:
    publication = read_text("# Salt\n\nOld [1]. Steep [2]. Paved [3].\n", as_markdown=True)
    assert "marks 1 to 3" in list_warnings(publication)[0].en
    publication = read_text("# Salt\n\nOld[^1]. Steep[^2].\n\n[^2]: Ibid.\n", as_markdown=True)
    missing, unresolved = list_warnings(publication)
    assert missing.en.startswith("Marks that lead to no note: 1 (first in lines 3).")
    assert unresolved.zh.startswith("有 1 則註釋所指的註釋或著作無從得知（首見於第 5 行）")


CHAPTERS = (
    "The Salt Road\n\nBy Ada Okell\n\nCONTENTS\n\nI. The Road      1\nII. The Canal      9\n"
    "III. The Rail      20\nINDEX      30\n\n"
    "CHAPTER I\n\nTHE ROAD\n\nThe road was paved in the year of the flood, and the carters used it "
    "until the canal was dug.\n\n"
    "CHAPTER II\n\nTHE CANAL\n\nThe canal was narrow, and its locks were slow, but it carried more "
    "salt than the road had done.\n\nINDEX\n\nCarters, 1\nLocks, 9\n"
)


def test_prose_is_no_cover() -> None:
    publication = read_text(CHAPTERS)
    assert [article.title for article in publication.articles] == ["The Salt Road"]
    assert sum("locks were slow" in text for text in list_texts(publication.articles[0])) == 1
    assert "cover" not in [piece.reason for piece in publication.set_aside]


def test_prose_before_the_first_article_is_an_article() -> None:
    publication = read_text(
        "海岸季刊\n\n目錄\n\n鹽場 …… 3\n燈塔 …… 9\n\n編者的話\n\n"
        "本期談鹽場與燈塔，兩者都在港灣之外，風浪終年不息，來往的船隻都靠燈塔辨認方向，鹽場則靠日頭。\n\n"
        "鹽場\n\n林望舒\n\n風起。\n\n燈塔\n\n王雨之\n\n雨落。\n"
    )
    assert [article.title for article in publication.articles] == ["編者的話", "鹽場", "燈塔"]


def test_a_file_that_is_set_aside_for_the_most_part_is_named() -> None:
    address = "電話 (000) 0000-0012，地址：燈塔路 8 號。"
    publication = read_text(
        "海岸季刊\n\n" + f"{address}\n\n" * 20 + "目錄\n\n鹽場 …… 3\n\n鹽場\n\n林望舒\n\n風起。\n"
    )
    finding = find_lost_text(publication)
    assert finding
    assert finding.kind == "set-aside"
    assert find_lost_text(read_text(CHAPTERS)) is None
