"""Numbers as they are said: pieces of patterns, in lower case."""

ONE = (
    r"(?:z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze"
    r"|quinze|seize|vingts?|trente|quarante|cinquante|soixante|cents?|mille)"
)
SAID = rf"{ONE}(?:[ -](?:et[ -])?{ONE})*"
EXTRA = r"(?:[ ]?(?:bis|ter|quater|[a-d])(?![^\W_]))?"
ORDINAL = (
    r"(?:\d{1,2}[ ]?(?:er|e|è|[eè]me|i[eè]me)"
    r"|premi(?:er|[eè]re)|deuxi[eè]me|troisi[eè]me|quatri[eè]me|cinqui[eè]me|sixi[eè]me"
    r"|septi[eè]me|huiti[eè]me|neuvi[eè]me|dixi[eè]me|derni(?:er|[eè]re))"
)
