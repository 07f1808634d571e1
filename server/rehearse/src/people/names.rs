//! Names of people in many scripts, each with a Latin spelling for addresses, and where such people live.

/// A name as its owner writes it, and as it stands in an address.
pub(super) type Name = (&'static str, &'static str);

/// One place of work.
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) street: &'static str,
    pub(super) region: &'static str,
    pub(super) country: &'static str,
    pub(super) language: &'static str,
    pub(super) dial: &'static str,
    /// Whether the family name comes first.
    pub(super) family_first: bool,
    pub(super) given: &'static [Name],
    pub(super) family: &'static [Name],
}

pub(super) const DEPARTMENTS: [&str; 12] = [
    "Finance",
    "Sales",
    "Engineering",
    "People",
    "Legal",
    "Workplace",
    "Research & Development",
    "Marketing",
    "Support",
    "Facilities",
    "Purchasing",
    "Security",
];

pub(super) const TITLES: [&str; 8] =
    ["Analyst", "Engineer", "Team lead", "Director", "Coordinator", "Consultant", "Assistant", "Specialist"];

#[rustfmt::skip]
pub(super) const PLACES: [Place; 16] = [
    Place { city: "London", street: "Farringdon Road", region: "England", country: "GB", language: "en-GB", dial: "+44 20", family_first: false,
        given: &[("Grace", "grace"), ("Oliver", "oliver"), ("Amelia", "amelia"), ("Harry", "harry"), ("Isla", "isla"), ("Siân", "sian"), ("Niamh", "niamh"), ("Callum", "callum")],
        family: &[("Walker", "walker"), ("O’Neill", "oneill"), ("Smith-Jones", "smith-jones"), ("Hughes", "hughes"), ("MacLeod", "macleod"), ("Bell", "bell"), ("Ward", "ward"), ("Fox", "fox")] },
    Place { city: "München", street: "Leopoldstraße", region: "Bayern", country: "DE", language: "de-DE", dial: "+49 89", family_first: false,
        given: &[("Jürgen", "juergen"), ("Käthe", "kaethe"), ("Lukas", "lukas"), ("Anneliese", "anneliese"), ("Sören", "soeren"), ("Frieda", "frieda"), ("Emil", "emil"), ("Marlene", "marlene")],
        family: &[("Müller", "mueller"), ("Weiß", "weiss"), ("Groß", "gross"), ("von der Heide", "vonderheide"), ("Schröder", "schroeder"), ("Krämer", "kraemer"), ("Vogel", "vogel"), ("Busch", "busch")] },
    Place { city: "Lyon", street: "Rue de la République", region: "Auvergne-Rhône-Alpes", country: "FR", language: "fr-FR", dial: "+33 4", family_first: false,
        given: &[("Zoé", "zoe"), ("François", "francois"), ("Anaïs", "anais"), ("Jérôme", "jerome"), ("Maëlle", "maelle"), ("Benoît", "benoit"), ("Chloé", "chloe"), ("Gaël", "gael")],
        family: &[("Lefèvre", "lefevre"), ("Nuñez", "nunez"), ("D’Aubigné", "daubigne"), ("Bézier", "bezier"), ("Châtelain", "chatelain"), ("Garçon", "garcon"), ("Moreau", "moreau"), ("Noël", "noel")] },
    Place { city: "Kraków", street: "ulica Floriańska", region: "Małopolskie", country: "PL", language: "pl-PL", dial: "+48 12", family_first: false,
        given: &[("Łukasz", "lukasz"), ("Małgorzata", "malgorzata"), ("Paweł", "pawel"), ("Agnieszka", "agnieszka"), ("Stanisław", "stanislaw"), ("Bożena", "bozena"), ("Wojciech", "wojciech"), ("Zofia", "zofia")],
        family: &[("Wiśniewski", "wisniewski"), ("Dąbrowska", "dabrowska"), ("Wójcik", "wojcik"), ("Zieliński", "zielinski"), ("Szymańska", "szymanska"), ("Kozłowski", "kozlowski"), ("Jabłońska", "jablonska"), ("Król", "krol")] },
    Place { city: "İstanbul", street: "İstiklal Caddesi", region: "Marmara", country: "TR", language: "tr-TR", dial: "+90 212", family_first: false,
        given: &[("İpek", "ipek"), ("Çağlar", "caglar"), ("Gülşen", "gulsen"), ("Oğuz", "oguz"), ("Işıl", "isil"), ("Şükrü", "sukru"), ("Ayşe", "ayse"), ("Emre", "emre")],
        family: &[("Yıldız", "yildiz"), ("Öztürk", "ozturk"), ("Şahin", "sahin"), ("Çelik", "celik"), ("Kılıç", "kilic"), ("Güneş", "gunes"), ("Aydın", "aydin"), ("Doğan", "dogan")] },
    Place { city: "Reykjavík", street: "Laugavegur", region: "Höfuðborgarsvæðið", country: "IS", language: "is-IS", dial: "+354 5", family_first: false,
        given: &[("Þórunn", "thorunn"), ("Guðmundur", "gudmundur"), ("Ásta", "asta"), ("Björk", "bjork"), ("Ólafur", "olafur"), ("Sigríður", "sigridur"), ("Ævar", "aevar"), ("Jón", "jon")],
        family: &[("Þórsdóttir", "thorsdottir"), ("Jónsson", "jonsson"), ("Guðjónsdóttir", "gudjonsdottir"), ("Árnason", "arnason"), ("Ólafsdóttir", "olafsdottir"), ("Helgason", "helgason"), ("Einarsdóttir", "einarsdottir"), ("Pálsson", "palsson")] },
    Place { city: "Αθήνα", street: "Οδός Ερμού", region: "Αττική", country: "GR", language: "el-GR", dial: "+30 21", family_first: false,
        given: &[("Ελένη", "eleni"), ("Γιώργος", "giorgos"), ("Σοφία", "sofia"), ("Νίκος", "nikos"), ("Ίρις", "iris"), ("Θεόδωρος", "theodoros"), ("Δάφνη", "dafni"), ("Άρης", "aris")],
        family: &[("Παπαδόπουλος", "papadopoulos"), ("Νικολάου", "nikolaou"), ("Οικονόμου", "oikonomou"), ("Μακρής", "makris"), ("Αγγελίδης", "angelidis"), ("Δημητρίου", "dimitriou"), ("Λάμπρου", "lamprou"), ("Σίσυφος", "sisyfos")] },
    Place { city: "Київ", street: "вулиця Хрещатик", region: "Київ", country: "UA", language: "uk-UA", dial: "+380 44", family_first: false,
        given: &[("Олена", "olena"), ("Тарас", "taras"), ("Юлія", "yuliia"), ("Богдан", "bohdan"), ("Ірина", "iryna"), ("Євген", "yevhen"), ("Наталія", "nataliia"), ("Василь", "vasyl")],
        family: &[("Шевченко", "shevchenko"), ("Коваленко", "kovalenko"), ("Мельник", "melnyk"), ("Їжакевич", "yizhakevych"), ("Ткаченко", "tkachenko"), ("Бондар", "bondar"), ("Лисенко", "lysenko"), ("Гнатюк", "hnatiuk")] },
    Place { city: "القاهرة", street: "شارع طلعت حرب", region: "القاهرة", country: "EG", language: "ar-EG", dial: "+20 2", family_first: false,
        given: &[("فاطمة", "fatima"), ("يوسف", "youssef"), ("ليلى", "layla"), ("أحمد", "ahmed"), ("نور", "nour"), ("خالد", "khaled"), ("مريم", "mariam"), ("عمر", "omar")],
        family: &[("المصري", "elmasry"), ("حسن", "hassan"), ("عبد الرحمن", "abdelrahman"), ("منصور", "mansour"), ("السيد", "elsayed"), ("فاروق", "farouk"), ("نجيب", "naguib"), ("صالح", "saleh")] },
    Place { city: "תל אביב", street: "שדרות רוטשילד", region: "תל אביב", country: "IL", language: "he-IL", dial: "+972 3", family_first: false,
        given: &[("נועה", "noa"), ("דוד", "david"), ("תמר", "tamar"), ("איתן", "eitan"), ("שירה", "shira"), ("יונתן", "yonatan"), ("מיכל", "michal"), ("אורי", "uri")],
        family: &[("כהן", "cohen"), ("לוי", "levi"), ("מזרחי", "mizrahi"), ("פרץ", "peretz"), ("ביטון", "biton"), ("אברהם", "avraham"), ("שפירא", "shapira"), ("גולן", "golan")] },
    Place { city: "मुंबई", street: "महात्मा गांधी मार्ग", region: "महाराष्ट्र", country: "IN", language: "hi-IN", dial: "+91 22", family_first: false,
        given: &[("प्रिया", "priya"), ("अर्जुन", "arjun"), ("दीपिका", "deepika"), ("रोहन", "rohan"), ("अनन्या", "ananya"), ("विक्रम", "vikram"), ("मीरा", "meera"), ("संजय", "sanjay")],
        family: &[("शर्मा", "sharma"), ("पटेल", "patel"), ("देशपांडे", "deshpande"), ("सिंह", "singh"), ("कुलकर्णी", "kulkarni"), ("गुप्ता", "gupta"), ("जोशी", "joshi"), ("मेहता", "mehta")] },
    Place { city: "กรุงเทพมหานคร", street: "ถนนสุขุมวิท", region: "กรุงเทพมหานคร", country: "TH", language: "th-TH", dial: "+66 2", family_first: false,
        given: &[("สมชาย", "somchai"), ("มาลี", "malee"), ("ณัฐ", "nat"), ("พิมพ์", "pim"), ("อนันต์", "anan"), ("ดาว", "dao"), ("กิตติ", "kitti"), ("ฟ้า", "fah")],
        family: &[("แสงทอง", "saengthong"), ("ศรีสุข", "srisuk"), ("วงศ์ใหญ่", "wongyai"), ("ทองดี", "thongdee"), ("จันทร์", "chan"), ("บุญมี", "boonmee"), ("ชัยชนะ", "chaichana"), ("รุ่งเรือง", "rungrueang")] },
    Place { city: "上海", street: "南京西路", region: "上海市", country: "CN", language: "zh-CN", dial: "+86 21", family_first: true,
        given: &[("小红", "xiaohong"), ("伟", "wei"), ("芳", "fang"), ("建国", "jianguo"), ("雨欣", "yuxin"), ("浩然", "haoran"), ("静", "jing"), ("子轩", "zixuan")],
        family: &[("王", "wang"), ("李", "li"), ("张", "zhang"), ("欧阳", "ouyang"), ("陈", "chen"), ("刘", "liu"), ("赵", "zhao"), ("吕", "lyu")] },
    Place { city: "東京", street: "銀座通り", region: "東京都", country: "JP", language: "ja-JP", dial: "+81 3", family_first: true,
        given: &[("さくら", "sakura"), ("健太", "kenta"), ("陽子", "yoko"), ("大輔", "daisuke"), ("葵", "aoi"), ("翔", "sho"), ("ゆうこ", "yuko"), ("蓮", "ren")],
        family: &[("佐藤", "sato"), ("髙橋", "takahashi"), ("渡邊", "watanabe"), ("鈴木", "suzuki"), ("小林", "kobayashi"), ("山本", "yamamoto"), ("齋藤", "saito"), ("森", "mori")] },
    Place { city: "서울", street: "세종대로", region: "서울특별시", country: "KR", language: "ko-KR", dial: "+82 2", family_first: true,
        given: &[("지우", "jiwoo"), ("민준", "minjun"), ("서연", "seoyeon"), ("하준", "hajun"), ("수빈", "subin"), ("도윤", "doyun"), ("예은", "yeeun"), ("현우", "hyunwoo")],
        family: &[("김", "kim"), ("이", "lee"), ("박", "park"), ("최", "choi"), ("정", "jung"), ("강", "kang"), ("남궁", "namgung"), ("윤", "yoon")] },
    Place { city: "თბილისი", street: "რუსთაველის გამზირი", region: "თბილისი", country: "GE", language: "ka-GE", dial: "+995 32", family_first: false,
        given: &[("ნინო", "nino"), ("გიორგი", "giorgi"), ("თამარ", "tamari"), ("ლევან", "levan"), ("ქეთევან", "ketevan"), ("ზურაბ", "zurab"), ("ელენე", "elene"), ("დავით", "davit")],
        family: &[("ბერიძე", "beridze"), ("კაპანაძე", "kapanadze"), ("გელაშვილი", "gelashvili"), ("ლომიძე", "lomidze"), ("ჯაფარიძე", "japaridze"), ("წიკლაური", "tsiklauri"), ("მაისურაძე", "maisuradze"), ("აბაშიძე", "abashidze")] },
];
