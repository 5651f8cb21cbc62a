"""A county made up from public facts: 建湖's fourteen towns and how many villages each has. The names are not real."""

from firmware_config.county import Village

COUNTY_CODE = "320925"
COUNTY_NAME = "建湖县"
VILLAGES_PER_TOWN = {
    "上冈": 45,
    "近湖": 26,
    "建阳": 22,
    "钟庄": 21,
    "庆丰": 21,
    "芦沟": 16,
    "高作": 16,
    "沿河": 15,
    "冈西": 15,
    "恒济": 12,
    "宝塔": 12,
    "九龙口": 11,
    "颜单": 8,
    "塘河": 8,
}


def made_up_county() -> list[Village]:
    """Return 248 villages in 14 towns, coded like the real ones: county 6, town 3, unit 3 digits."""
    return [
        Village(f"{COUNTY_CODE}{100 + town_number}{200 + unit}", f"{town}第{unit}村", f"{town}镇")
        for town_number, (town, count) in enumerate(VILLAGES_PER_TOWN.items())
        for unit in range(1, count + 1)
    ]
