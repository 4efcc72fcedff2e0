"""Sentences in other words than what they cite: true ones pass, with a fault they do not.

Numbers in other forms or computed, dates of other calendars, negations by other words, names in
translation or by sound; within a language and across.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from eval.benchmarks.written import verify
from index.encoders.protocol import load_encoder
from rag.written.verification import Verifier

NUMBERS: Mapping[str, Sequence[str]] = {
    "The fire of 1871 destroyed 17 of the 40 warehouses on the quay.": (
        "Nearly half of the quay's forty warehouses burned down in 1871.",
        "Twenty-three of the quay's warehouses survived the fire.",
    ),
    "The school had 412 pupils in 1950 and 618 in 1960.": (
        "Within ten years the school gained some two hundred pupils.",
    ),
    "The fee was raised from 30 to 45 shillings.": (
        "The fee went up by 15 shillings, or fifty per cent.",
        "The fee rose by half.",
    ),
    "Rice production was 1.25 million tonnes, against 980,000 the year before.": (
        "Rice production rose by more than a quarter to 1.25 million tonnes.",
        "The harvest of rice was 270,000 tonnes larger than in the previous year.",
    ),
    "The committee met every two weeks between March and June.": (
        "The committee held fortnightly meetings from March to June.",
    ),
    "The journey takes three and a half hours.": ("The journey takes 210 minutes.",),
    "He was born in 1884 and published his first book at the age of 27.": (
        "His first book came out in 1911.",
    ),
    "The dam was begun in 1958 and finished in 1963.": (
        "The dam took five years to build.",
        "Work on the dam started in the late 1950s.",
    ),
    "Of the 300 households surveyed, 42 per cent had no running water.": (
        "126 of the 300 households surveyed lacked running water.",
        "Fifty-eight per cent of the surveyed households had running water.",
        "More than two in five households had no running water.",
    ),
    "The bill passed by 62 votes to 58.": ("The bill passed with a majority of four.",),
    "The ship carried 1,204 emigrants, 318 of them children.": (
        "About a quarter of the emigrants on the ship were children.",
        "The ship carried over 1,200 emigrants, more than 300 of whom were children.",
        "There were 886 adults among the emigrants.",
    ),
    "The strike lasted from 3 March to 14 April 1926.": (
        "The strike lasted six weeks in the spring of 1926.",
        "The strike of 1926 lasted more than a month.",
    ),
    "The temple was rebuilt in the nineteenth century.": ("The temple was rebuilt in the 1800s.",),
    "The manuscript dates from 1342.": (
        "The manuscript is from the fourteenth century.",
        "The manuscript was written in the first half of the fourteenth century.",
    ),
    "A kilogram of tea cost 12 dollars in 1990 and 36 in 2010.": (
        "The price of tea tripled between 1990 and 2010.",
        "In 2010 a kilogram of tea was three times as expensive as twenty years earlier.",
    ),
    "The army had 60,000 men, two thirds of them conscripts.": (
        "Some 40,000 of the soldiers were conscripts.",
        "Only a third of the army were volunteers.",
    ),
    "The loan runs for 20 years at 4.5 per cent.": (
        "The loan has a term of two decades and an interest rate of 4.5%.",
    ),
    "The first edition had 240 pages, the third 310.": (
        "The third edition was seventy pages longer than the first.",
    ),
    "Seven of the nine judges agreed.": (
        "Two of the nine judges dissented.",
        "Two judges dissented.",
    ),
    "Between 1990 and 1995 the number of clinics fell from 80 to 52.": (
        "In five years 28 clinics closed.",
    ),
    "Exports reached 3.4 billion dollars, of which machinery made up 1.7 billion.": (
        "Machinery accounted for half of the exports.",
    ),
    "The village has 96 inhabitants.": (
        "Fewer than a hundred people live in the village.",
        "The village has just under 100 inhabitants.",
    ),
    "About 2,500 copies were printed.": ("Roughly two and a half thousand copies were printed.",),
    "The pension is paid from the age of 65.": ("Pensions begin at sixty-five.",),
    "The survey was carried out in May and June 2019 among 1,050 adults.": (
        "A survey of about a thousand adults in mid-2019 found this.",
    ),
    "The statute has 14 chapters and 212 articles.": (
        "The statute's more than two hundred articles are grouped in fourteen chapters.",
    ),
    "Turnout was 48.7 per cent.": ("Turnout was below half.",),
    "The paper appears six times a year.": ("The paper is published every two months.",),
    "On 24 October 1929 shares lost 11 per cent of their value.": (
        "Shares lost more than a tenth of their value in one day in October 1929.",
    ),
    "民國五十八年，全鄉共有三千六百戶，其中務農者二千四百戶。": (
        "1969年，全鄉三分之二的人家務農。",
        "全鄉有一千二百戶不務農。",
    ),
    "該橋全長一千二百公尺，於民國四十二年完工，耗時兩年半。": (
        "這座1.2公里長的橋在1953年落成。",
        "大橋施工三十個月。",
    ),
    "票價由十二元調為十五元。": ("票價漲了三元，漲幅25%。",),
    "委員會由九人組成，其中女性四人。": (
        "委員會有五名男性委員。",
        "女性在委員會中不到一半。",
    ),
    "調查訪問了一千零六十八人，成功率為六成二。": (
        "調查共訪問一千多人。",
        "約有三成八的人未能訪問成功。",
    ),
    "港口在1995年至2005年間吞吐量增加一倍，達四千萬噸。": (
        "港口的吞吐量在1995年約為兩千萬噸。",
        "十年間吞吐量翻了一番。",
    ),
    "他生于1902年，卒于1978年。": ("他享年七十六岁。",),
    "這批檔案共計四百二十三箱，約十二萬頁。": ("檔案超過四百箱，有十餘萬頁。",),
    "該案一審歷時十四個月。": (
        "一審花了一年多才結束。",
        "一審花了一年又兩個月。",
    ),
    "工人平均月薪為一萬八千元，僅及職員之半。": ("職員的平均月薪約三萬六千元。",),
    "鐵路於光緒三十四年通車。": ("鐵路在1908年開通。",),
    "昭和十年的地震造成三千餘人死亡。": ("1935年的地震奪走三千多條人命。",),
    "去年共有二百一十六件申訴，較前年的一百八十件為多。": ("申訴件數增加了兩成。",),
    "合約自二〇一五年起為期三年。": ("合約到2018年為止。",),
    "民國七十六年七月十五日零時起解除戒嚴。": ("Martial law was lifted in mid-July 1987.",),
    "全校師生共五百餘人。": ("The school had more than five hundred teachers and pupils.",),
    "十五名船員中有十一人獲救。": (
        "Four of the fifteen crew members were lost.",
        "Eleven of the fifteen sailors were rescued.",
    ),
    "該社每半月出版刊物一次，印行一千五百份。": (
        "The society published its journal twice a month, in 1,500 copies.",
        "The society's fortnightly had a print run of 1,500.",
    ),
    "耕地中水田佔七成五，餘為旱田。": ("A quarter of the farmland was dry fields.",),
    "民國三十八年至五十二年間，該院收治病患逾四萬人次。": (
        "From 1949 to 1963 the hospital treated over 40,000 patients.",
        "In fourteen years the hospital treated more than forty thousand patients.",
    ),
    "月租二千四百元，押金兩個月。": ("The deposit was 4,800 dollars, twice the monthly rent.",),
    "The tax fell on 8 in 10 landowners.": (
        "八成的地主都須繳這項稅。",
        "約有五分之一的地主不必繳這項稅。",
    ),
    "The orchestra gave 14 concerts in 1921 and 35 in 1924.": (
        "樂團在1924年的演出場次是三年前的兩倍半。",
    ),
    "The company employed 2,300 people at its peak in 1974; by 1990 only 400 were left.": (
        "公司員工在十六年間減少了一千九百人。",
        "到1990年公司只剩四百名員工。",
    ),
    "Half a million leaflets were dropped on 6 and 7 June.": (
        "六月六、七兩日共投下五十萬份傳單。",
    ),
    "A census in 1931 counted 84,216 people.": ("一九三一年的普查顯示人口八萬四千餘人。",),
    "The valley lies 640 metres above the sea.": ("山谷海拔六百多公尺。",),
    "The second half of the book, some 200 pages, is about trade.": ("書的後半約兩百頁談貿易。",),
    "She wrote 36 letters to him between 1915 and 1918, of which 29 survive.": (
        "她寫給他的信有七封已經佚失。",
    ),
    "Interest was fixed at 6 per cent a year.": ("年息訂為六厘。",),
    "The court sat for 11 days in November.": ("法院在十一月開庭十一天。",),
    "He served as mayor for two terms of four years.": ("他當了八年市長。",),
    "Members pay 20 pounds a year, students half of that.": ("學生會員每年只付十鎊。",),
    "Three of every five shops on the street were closed.": ("街上六成的店鋪關門了。",),
}

NEGATIONS: Mapping[str, Sequence[str]] = {
    "The law does not apply to small farms.": ("Small farms are exempt from the law.",),
    "The minister declined to comment on the leak.": ("The minister did not comment on the leak.",),
    "Only members may borrow books.": ("Those who are not members may not borrow books.",),
    "The guild lost its monopoly in 1803.": ("The guild no longer had a monopoly after 1803.",),
    "The manuscript is missing its last leaf.": ("The manuscript does not have its last leaf.",),
    "該法不適用於小型農場。": ("小型農場不受該法規範。",),
    "市長未出席會議。": ("市長缺席了會議。",),
    "此說至今尚無定論。": (
        "這個說法到現在還沒有結論。",
        "The question has not been settled to this day.",
    ),
    "合作社並非沒有盈餘，而是全數轉作公積金。": ("合作社其實有盈餘，只是都轉作公積金。",),
    "The villagers were unaware of the plan until 1962.": (
        "村民直到1962年才知道這項計畫。",
        "The villagers did not know of the plan before 1962.",
    ),
    "Few of the letters are dated.": ("Most of the letters have no date.",),
    "非會員不得借書。": (
        "只有會員才能借書。",
        "Books are lent to members only.",
    ),
    "委員會否決了增稅案。": ("The committee did not pass the tax increase.",),
    "政府遲至1980年才承認該條約。": ("The government did not recognise the treaty until 1980.",),
    "The press never recovered from the fire.": ("那場火災之後，該出版社便一蹶不振。",),
    "除校長外，無人知情。": (
        "Nobody but the headmaster knew.",
        "只有校長一人知道這件事。",
    ),
}

NAMES: Mapping[str, Sequence[str]] = {
    "黃宗羲在康熙二年寫成此書。": ("Huang Zongxi finished the book in 1663.",),
    "林獻堂與蔣渭水於民國十年創立該會。": (
        "The association was founded in 1921 by Lin Hsien-tang and Chiang Wei-shui.",
    ),
    "該報由陳炘主編，在臺中發行。": (
        "The newspaper was edited by Ch'en Hsin and published in Taichung.",
    ),
    "國立臺灣大學在民國三十四年改制。": ("National Taiwan University was reorganised in 1945.",),
    "長江三角洲的棉農多向上海借貸。": (
        "Cotton farmers of the Yangtze delta mostly borrowed in Shanghai.",
    ),
    "日本在該島設立測候所。": ("Japan set up a weather station on the island.",),
    "《申報》首先報導此事。": ("Shenbao was the first to report it.",),
    "聯合國教科文組織將該城列入名錄。": ("UNESCO put the town on its list.",),
    "經濟部工業局委託該所調查。": (
        "The Industrial Development Bureau of the Ministry of Economic Affairs commissioned it.",
    ),
    "廈門的錢莊在1911年倒閉。": ("Native banks in Amoy failed in 1911.",),
    "孫中山於廣州講演。": ("Sun Yat-sen lectured in Canton.",),
    "The essay by Hannah Arendt was translated in 1968.": ("漢娜．鄂蘭的文章在1968年譯出。",),
    "Max Weber regarded it as a form of rational rule.": ("韋伯認為這是一種理性的支配。",),
    "Premier Chou rejected the offer.": ("周總理拒絕了這項提議。",),
}

FALSE = [
    ("經濟部工業局委託該所調查。", "The Ministry of Fisheries commissioned it."),
    ("經濟部工業局委託該所調查。", "The Assembly had the institute make a survey."),
    (
        "The fire of 1871 destroyed 9 of the 40 warehouses.",
        "Nearly half of the 40 warehouses burned.",
    ),
    (
        "The manuscript dates from 1342.",
        "The manuscript is from the first half of the fifteenth century.",
    ),
    ("The strike lasted from 3 March to 14 April 1926.", "The strike of 1926 lasted three weeks."),
    ("合約自二〇一五年起為期三年。", "合約到2019年為止。"),
    (
        "民國三十八年至五十二年間，該院收治病患逾四萬人次。",
        "In twenty years the hospital treated 40,000 patients.",
    ),
    ("The tax fell on 8 in 10 landowners.", "六成的地主都須繳這項稅。"),
    ("Three of every five shops were closed.", "街上八成的店鋪關門了。"),
    ("港口吞吐量增加一倍，達四千萬噸。", "港口的吞吐量原為一千萬噸。"),
    ("月租二千四百元，押金兩個月。", "The deposit was 7,200 dollars."),
    ("The court sat for 11 days in November.", "法院在十月開庭十一天。"),
    ("The law does not apply to small farms.", "Small farms are not exempt from the law."),
    ("The minister declined to comment on the leak.", "The minister commented on the leak."),
    ("市長未出席會議。", "市長出席了會議。"),
    ("林獻堂與蔣渭水於民國十年創立該會。", "The association was founded by Dr Rathenau."),
]


FERRIES = (
    "Ferry operators on the strait must publish fuel surcharges monthly; those with fewer than five"
    " vessels are exempt."
)
NURSES = (
    "Dr. Amara Osei interviewed 312 nurses in nine hospitals; 58 per cent said they had considered"
    " leaving the profession within the past year."
)
TENANTS = (
    "Tenants may withhold rent only after giving the landlord fourteen days' written notice of the"
    " defect."
)
CAMERAS = "研究團隊於 2018 年 6 月起在七處樣區放置 84 台自動相機，十八個月共拍得石虎影像 529 筆。"
SHIP = "該艦於 1943 年 8 月下水，1944 年 3 月服役，艦員 87 人。"
GRANT = "Farmers receive a grant of up to 30 per cent of the cost, capped at 8,000 euros."
FINE = "違者處新臺幣二萬元以上十萬元以下罰鍰。"
LIMITS: Mapping[str, Sequence[str]] = {
    FERRIES: (
        "Operators with four vessels or fewer do not have to publish fuel surcharges.",
        "船隻不到五艘的業者不必公布燃油附加費。",
    ),
    NURSES: ("受訪的 312 名護理師中，近六成過去一年想過離職。",),
    TENANTS: ("Tenants have to notify the landlord in writing two weeks in advance.",),
    CAMERAS: ("平均每處樣區放了十二台相機。", "石虎影像拍攝到 2019 年底。"),
    SHIP: ("The ship was launched in August 1943 and commissioned seven months later.",),
    GRANT: ("The grant is no more than 30 per cent of the cost and never exceeds 8,000 euros.",),
    "The museum reopened on 12 October 2020, nineteen months after it had closed.": (
        "博物館 2019 年 3 月關閉，2020 年 10 月重新開放。",
    ),
    "雇主不得以加班費代替休息日。": ("Employers may not pay overtime instead of a day off.",),
    FINE: ("Fines range from NT$20,000 to NT$100,000.", "罰鍰最高不超過十萬元。"),
    "Of the 96 bridges inspected, 31 were rated poor; repairs to the nine worst start in spring.": (
        "Nearly a third of the bridges that were inspected are in poor condition.",
        "Repairs to the most dangerous nine start in spring.",
    ),
}
FALSE_LIMITS = [
    (FERRIES, "船隻不到五艘的業者必須公布燃油附加費。"),
    (FERRIES, "Operators with three vessels or fewer are exempt."),
    (FINE, "The fine is at least NT$100,000."),
    (CAMERAS, "石虎影像拍攝到 2021 年底。"),
    (SHIP, "The ship was launched in August 1943 and commissioned five months later."),
    ("2021 年 3 月，歐盟對十一名官員實施制裁。", "The United States sanctioned eleven officials."),
]


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(load_encoder())


@pytest.mark.parametrize(
    ("cited", "sentence"),
    [
        (cited, sentence)
        for group in (NUMBERS, NEGATIONS, NAMES, LIMITS)
        for cited, sentences in group.items()
        for sentence in sentences
    ],
)
def test_true_sentences_in_other_words_pass(verifier: Verifier, cited: str, sentence: str) -> None:
    assert verify(verifier, sentence, [cited]).problems == ()


@pytest.mark.parametrize(("cited", "sentence"), [*FALSE, *FALSE_LIMITS])
def test_the_same_with_a_fault_is_found(verifier: Verifier, cited: str, sentence: str) -> None:
    assert verify(verifier, sentence, [cited]).problems != ()
