"""Units of measurement: their words in the singular, by how they are written after a number."""

UNITS = {
    "km/h": "kilometer per hour", "mph": "mile per hour", "kph": "kilometer per hour",
    "m/s": "meter per second", "km": "kilometer", "cm": "centimeter", "mm": "millimeter",
    "kg": "kilogram", "mg": "milligram", "lbs": "pound", "lb": "pound", "oz": "ounce",
    "fl oz": "fluid ounce", "ml": "milliliter", "tsp": "teaspoon", "tbsp": "tablespoon",
    "tbsps": "tablespoon", "tsps": "teaspoon",
    "gal": "gallon", "khz": "kilohertz", "mhz": "megahertz", "ghz": "gigahertz", "hz": "hertz",
    "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte", "kw": "kilowatt",
    "kwh": "kilowatt hour", "mwh": "megawatt hour", "mah": "milliampere hour", "db": "decibel",
    "kb/s": "kilobyte per second", "mb/s": "megabyte per second", "gb/s": "gigabyte per second",
    "kbps": "kilobit per second", "mbps": "megabit per second", "gbps": "gigabit per second",
    "rpm": "revolution per minute", "bpm": "beat per minute", "fps": "frame per second",
    "ppm": "part per million", "dpi": "dot per inch", "psi": "pound per square inch",
    "mmhg": "millimeter of mercury", "kcal": "kilocalorie", "px": "pixel",
    "sq ft": "square foot", "sq. ft": "square foot", "sq mi": "square mile", "yd": "yard",
    "yds": "yard", "mi": "mile", "hr": "hour", "mins": "minute", "sec": "second",
    "secs": "second", "ms": "millisecond", "ft": "foot", "hrs": "hour", "min": "minute",
    "wk": "week", "wks": "week", "yr": "year", "yrs": "year", "°c": "degree Celsius",
    "°f": "degree Fahrenheit",
}  # fmt: skip
"""Units in upper or lower case, which writers mix up."""
EXACT_UNITS = {
    "m": "meter", "g": "gram", "l": "liter", "L": "liter", "V": "volt", "W": "watt", "h": "hour",
    "mA": "milliampere", "m2": "square meter", "km2": "square kilometer",
    "cm2": "square centimeter", "m3": "cubic meter", "cm3": "cubic centimeter",
    "nm": "nanometer", "μm": "micrometer", "μs": "microsecond", "ns": "nanosecond",
    "μg": "microgram", "μL": "microliter", "μl": "microliter", "dL": "deciliter", "Ω": "ohm",
    "kΩ": "kiloohm", "MΩ": "megaohm", "kPa": "kilopascal", "hPa": "hectopascal",
    "MW": "megawatt", "GW": "gigawatt", "kJ": "kilojoule", "mo": "month", "mos": "month",
    "bps": "basis point", "pts": "point", "Tbsp": "tablespoon", "mmol": "millimole",
    "mM": "millimolar", "μM": "micromolar", "nM": "nanomolar",
}  # fmt: skip
"""Case-sensitive units: 5G is not a weight."""
PER = {
    "h": "hour", "hr": "hour", "min": "minute", "s": "second", "sec": "second", "wk": "week",
    "mo": "month", "yr": "year", "kg": "kilogram", "g": "gram", "lb": "pound", "oz": "ounce",
    "L": "liter", "l": "liter", "dL": "deciliter", "dl": "deciliter", "mL": "milliliter",
    "mol": "mole", "bbl": "barrel",
    "ml": "milliliter", "km": "kilometer", "mi": "mile", "gal": "gallon", "kWh": "kilowatt hour",
    "ea": "each", "pp": "person",
    "cm³": "cubic centimeter", "m³": "cubic meter", "m²": "square meter",
    **{word: word for word in (
        "second", "minute", "hour", "day", "night", "week", "month", "quarter", "year", "person",
        "serving", "unit", "item", "mile", "gallon", "liter", "litre", "pound", "ounce", "acre",
        "user", "seat", "child", "student", "employee", "share", "page", "turn", "game", "cup",
        "barrel", "side", "ton", "tonne", "head", "visit", "call", "token", "dozen",
    )},
}  # fmt: skip
"""Words after a slash that divide an amount: $5/mo, 3 g/serving."""


def unit_of(written: str) -> str:
    """Words of a unit as it is written after a number."""
    return "second" if written == "s" else EXACT_UNITS.get(written) or UNITS[written.lower()]


def plural(unit: str) -> str:
    """Plural of the words of a unit: "foot" as "feet", "degree Celsius" as "degrees Celsius"."""
    thing, _, rest = unit.partition(" ")
    if thing in ("square", "cubic", "fluid", "basis", "kilowatt", "megawatt", "milliampere"):
        return f"{thing} {plural(rest)}" if rest else thing + "s"
    if thing == "foot":
        thing = "feet"
    elif not thing.endswith(("hertz", "molar")):
        thing += "s"
    return f"{thing} {rest}" if rest else thing
