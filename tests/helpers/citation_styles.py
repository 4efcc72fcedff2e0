"""The styles of citation that random publications print, as templates of one reference each."""

from __future__ import annotations

LATIN_STYLES = (
    "{first} {last}, *{title}* ({place}: {press} Press, {year}), {page}",
    "{first} {last}, {title} ({place}: {press} Press, {year}), p. {page}",
    "{last}, {first}. *{title}*. {place}: {press} Press, {year}",
    "{last}, {first}. “{title}.” *{journal}*, vol. 7, no. 2, {year}, pp. 31-47",
    "{first} {last}, “{title},” *{journal}* 7, no. 2 ({year}): {page}",
    "{last}, {initial}. ({year}). {sentence}. *{journal}*, *7*(2), 31–47",
    "{last}, {initial}. ({year}). *{sentence}*. {press} Press",
    "{first} {last}, *{title}*, 7 {place} L. Rev. 31, {page} ({year})",
    "{last} v. {press}, 347 U.S. 483, {page} ({year})",
    "*{last} v {press}* [{year}] AC 562 (HL)",
    "{first} {last}, ‘{title}’ ({year}) 72 MLR 554",
    "{first} {last}, *{title}* (2nd edn, {press} Press {year}) {page}",
    "{place} Act {year}, s 15(1)",
    "{last} {initial}. {sentence}[J]. {journal}, {year}, 7(2): 31-47",
    "{last} {initial}. {sentence}[M]. {place}: {press} Press, {year}: {page}",
    "{first} {last}, “{title}” (PhD diss., University of {place}, {year}), {page}",
)

HAN_STYLES = (
    "{name}：《{title}》，{place}：{press}出版社，{year}年，第{page}頁",
    "{name}：《{title}》，{press}出版社{year}年版，第{page}頁",
    "{name}：〈{title}〉，載《{journal}》{year}年第2期，第{page}頁",
    "{name}：《{title}》（{place}：{press}書局，{year}年），頁{page}",
    "{name}，〈{title}〉，《{journal}》，第 12 卷第 3 期，{year} 年 9 月，頁 {page}",
    "{name}：《{title}》，{place}大學{year}年博士學位論文，第{page}頁",
    "{name}. {title}[M]. {place}: {press}出版社, {year}: {page}",
    "{name}. {title}[J]. {journal}, {year}, 7(2): 31-47",
    "{name}．{title}［D］．{place}：{place}大學，{year}",
    "《{journal}》{year}年5月6日，第3版",
    "最高人民法院（{year}）最高法民終{page}號民事判決書",
    "《{title}法》第{page}條第1款",
)

NUMBER_FORMS = (
    "同註 {}。",
    "同註{}。",
    "同註 {}，頁 31。",
    "同前揭註 {}。",
    "前揭註{}，頁3。",
    "前引〔{}〕，第5頁。",
    "*Supra* note {}, at 5.",
    "See *supra* note {}, at 7.",
)

PREVIOUS_FORMS = (
    "*Ibid.*",
    "Ibid.",
    "*Ibid.*, p. 69.",
    "Ibid., pp. 3-5.",
    "*Id.* at 5.",
    "同前註。",
    "同前註，頁 8。",
    "同上，第8頁。",
    "同上註。",
    "同註。",
    "同上書，第8頁。",
    "*loc. cit.*",
)

POINTER_FORMS = ("參見註 {}。", "見註{}。", "See note {}.", "See *supra* note {}.", "Cf. note {}.")
