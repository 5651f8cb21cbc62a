"""What people are called: surnames by how many bear them, and signs that given names are made of."""

from typing import Final

_COMMON: Final = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江"
    "傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
)
"""The hundred most borne, roughly in their order."""
_HUNDRED_FAMILIES: Final = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗"
    "凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛"
    "禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌"
    "霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳"
    "汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印"
    "宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛寿通边扈燕冀郏浦"
    "尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍"
    "聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公"
)
"""百家姓, the Song dynasty primer, its single names in its order."""
_ALSO: Final = "肖闫付代覃区仝岳朴苟种员佟皇植苑晋隋邸冼展原丛撒母兰涂牟麦战尉迟缑门官"
_DOUBLE: Final = """
欧阳 上官 司马 诸葛 皇甫 司徒 令狐 尉迟 东方 慕容 夏侯 公孙 端木 长孙 宇文 闻人 澹台 淳于 单于 太叔
申屠 轩辕 钟离 鲜于 闾丘 司空 万俟 赫连 濮阳 公冶 宗政 仲孙 百里 南宫 西门 呼延 独孤 拓跋 完颜 纳兰
左丘 公羊 公西
"""
DOUBLE: Final = tuple(_DOUBLE.split())
SURNAMES: Final = tuple(dict.fromkeys([*_COMMON, *DOUBLE, *_HUNDRED_FAMILIES, *_ALSO]))
"""All surnames, the likeliest first."""
SURNAME_READINGS: Final = {
    "仇": "qiu", "单": "shan", "解": "xie", "区": "ou", "查": "zha", "曾": "zeng", "任": "ren",
    "华": "hua", "翟": "zhai", "盖": "ge", "朴": "piao", "种": "chong", "员": "yun",
    "覃": "qin", "缪": "miao", "乐": "le", "阚": "kan", "尉": "wei", "能": "nai",
    "尉迟": "yu'chi", "万俟": "mo'qi", "长孙": "zhang'sun", "单于": "chan'yu", "澹台": "tan'tai",
    "鲜于": "xian'yu",
}  # fmt: skip
"""Surnames that are read otherwise than their signs mostly are."""

_GIVEN: Final = (
    "英华秀兰玉红明国芳梅军丽文平建春云桂海凤荣小林珍伟金强霞燕志敏永龙清琴香辉兵生勇德成德杰正宝新波俊峰庆学晓祥"
    "福东洪立松莲艳元光忠良才亚超鹏飞磊静娟萍美月爱翠淑慧巧素彩雪雅莉琳佳娜婷颖倩洁瑞安康宁义仁礼智信刚亮江河山川"
    "石根水土木火田广大长友富贵发财旺家兴旭阳晨辰宇浩博轩涵萱怡欣悦子梓昊泽睿皓铭嘉诚思雨雯诗语梦瑶璐琪琦珊瑾瑜"
    "琼菊莹芬芝芹蓉菲蕾薇茜莎冰洋涛润泉源溪鸿雁鹤凯斌彬毅宏伦维康启振民胜利武卫革跃进援朝先其本道中士传继绍守"
    "宗祖耀锦钧铁银钢锋钰鑫森淼焱垚堃喆晖晶星天乐喜善孝心"
)
GIVEN_PLACE: Final = {sign: place for place, sign in enumerate(dict.fromkeys(_GIVEN))}
"""Signs that given names are often made of, the likeliest first."""
