"""The English pages: introduction, wards and how to reach the offices (NĐ 43/2011 Điều 13). Illustrative data."""

from .city_content import Text

ABOUT = [
    Text(
        "gioi-thieu",
        "gioi-thieu-chung",
        "About Long Xuyen City",
        "Long Xuyen lies on the right bank of the Hau River in An Giang province.",
        """Long Xuyen lies on the right bank of the Hau River, about 60 km from Can Tho and 185 to 190 km from Ho Chi Minh City. It covers 114.96 square kilometres; 272,365 people lived here at the census of 2019.

## A town on the water

A military post called Dong Xuyen was set up here in 1789. A market grew beside it, where boats from the canals of Thoai Son, Chau Thanh and Cho Moi met. Long Xuyen became a provincial city in 1999 and an urban centre of class I in 2020.

## What to see

- The memorial site of President Ton Duc Thang on Ong Ho island, commune My Hoa Hung.
- The floating market on the Hau River, best before seven in the morning.
- The communal houses with their spring festivals.

## Reaching the city

Buses connect Long Xuyen with Can Tho, Chau Doc and Ho Chi Minh City. A ferry crosses the Hau River to Ong Ho island every fifteen minutes.""",
        100,
        unit="van-hoa-thong-tin",
    ),
    Text(
        "gioi-thieu",
        "phuong-xa",
        "Wards and communes",
        "Eleven wards and two communes, each with a website of its own.",
        """On 15 June 2020 the city had eleven wards and two communes. Each has a component website with news, documents, contacts and open information, in Vietnamese.

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
| 30313 | My Hoa Hung Commune |""",
        100,
        unit="noi-vu",
    ),
]
