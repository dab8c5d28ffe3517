"""The English pages: introduction, structure, wards (NĐ 43/2011 Điều 13), an alert in two languages. Illustrative data."""

from .city_content import Text

# Under "About", without a Vietnamese page of the same text.
ABOUT = Text(
    "gioi-thieu",
    "about-long-xuyen-city",
    "About Long Xuyen City",
    "Long Xuyen lies on the right bank of the Hau River in An Giang province.",
    """Long Xuyen lies on the right bank of the Hau River, about 60 km from Can Tho and 185 to 190 km from Ho Chi Minh City. It covers 114.96 square kilometres; 272,365 people lived here at the census of 2019.

## What to see

- The memorial site of President Ton Duc Thang on Ong Ho island, commune My Hoa Hung.
- The floating market on the Hau River, best before seven in the morning.
- The communal houses with their spring festivals.

## Reaching the city

Buses connect Long Xuyen with Can Tho, Chau Doc and Ho Chi Minh City. A ferry crosses the Hau River to Ong Ho island every fifteen minutes.""",
    100,
    unit="van-hoa-thong-tin",
)

# Translations, by the name in the address of their Vietnamese page; without a text it comes from the register of units.
TRANSLATED = [
    Text(
        "gioi-thieu",
        "lich-su",
        "History of the city",
        "From the post of Dong Xuyen in 1789 to an urban centre of class I on the Hau River.",
        """A military post called Dong Xuyen was set up in Long Xuyen in 1789. From a garrison on the Long Xuyen canal the place grew into a market, then into the seat of the province of An Giang.

## From a market on the canal to a town

Where the canal meets the Hau River, boats from Thoai Son, Chau Thanh and Cho Moi passed by, so a market began early and drew many people. Kinh, Hoa, Cham and Khmer lived here by trade, rice and boat building.

## A city of the province

Long Xuyen became a provincial city in 1999, an urban centre of class II in 2009 and of class I in 2020 by Decision 1078/QĐ-TTg. The boundaries of some wards changed in these years: My Quy was separated from My Phuoc in 1999, My Hoa and Dong Xuyen were founded in 2005.

## People and monuments

Ong Ho island, today the commune of My Hoa Hung, is the birthplace of President Ton Duc Thang. His memorial is kept there with the house on stilts of his youth.""",
        98,
        unit="van-hoa-thong-tin",
    ),
    Text(
        "gioi-thieu",
        "phuong-xa",
        "Wards and communes",
        "Eleven wards and two communes of the city in 2020, with their administrative codes.",
        """When the Regulation came into force (15/06/2020), the city had eleven wards and two communes.

= Wards and communes of Long Xuyen City (2020)
| Code | Name |
| 30280 | My Binh Ward |
| 30283 | My Long Ward |
| 30285 | Dong Xuyen Ward |
| 30286 | My Xuyen Ward |
| 30289 | Binh Duc Ward |
| 30292 | Binh Khanh Ward |
| 30295 | My Phuoc Ward |
| 30298 | My Quy Ward |
| 30301 | My Thoi Ward |
| 30304 | My Thanh Ward |
| 30307 | My Hoa Ward |
| 30310 | My Khanh Commune |
| 30313 | My Hoa Hung Commune |

Each ward and commune has a website of its own.""",
        100,
        unit="noi-vu",
    ),
    Text(
        "gioi-thieu",
        "co-cau-to-chuc",
        "Organisation, functions and duties",
        "The divisions of the City People's Committee and what each of them does.",
        """The City People's Committee has twelve divisions. Units as they are today and who leads them are on the page "Organisation chart".

= Divisions and their fields
| Division | Main fields |
| Office of the Party Committee, People's Council and People's Committee | General affairs, incoming documents |
| Division of Home Affairs | Organisation, staff, archives |
| Division of Justice | Legal documents, civil status, certification |
| Division of Finance and Planning | Budget, plans, household businesses |
| Division of Natural Resources and Environment | Land, environment |
| Division of Labour, War Invalids and Social Affairs | Employment, social assistance |
| Division of Culture and Information | Culture, information, standing office of the Editorial Board |
| Division of Education and Training | Kindergartens, primary and lower secondary schools |
| Division of Health | Health care, food safety |
| Inspectorate | Reception of citizens, complaints |
| Division of Economy | Agriculture, industry and trade, science |
| Division of Urban Management | Planning, construction, transport, trees |""",
        96,
        unit="noi-vu",
    ),
    Text(
        "gioi-thieu",
        "so-do-to-chuc",
        "Organisation chart",
        "The units of the city, who leads them and how to reach them (illustrative data).",
        "",
        18,
        unit="noi-vu",
    ),
]

# What the Vietnamese page says since, so that its translation is behind: (name in its address, words, days ago).
CHANGED = (
    "phuong-xa",
    "Từ tháng này, mỗi phường, xã tiếp công dân thêm một buổi sáng thứ Bảy (minh họa).",
    40,
)

# An alert of a ward: title, text, the same in English.
ALERT = (
    "Diễn tập phòng cháy, chữa cháy (dữ liệu minh họa)",
    "Sáng thứ Bảy có còi báo động tại chợ; bà con bình tĩnh làm theo hướng dẫn.",
    "Fire drill (illustrative data)",
    "Sirens will sound at the market on Saturday morning; please stay calm and follow the instructions.",
)
