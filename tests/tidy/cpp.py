"""As much of C++ as the rules need: text without comments and literals, and where functions begin and end."""

import re
from dataclasses import dataclass

NOISE = re.compile(
    r'R"(?P<tag>[^()\\ ]{0,16})\(.*?\)(?P=tag)"'  # raw strings, before the plain ones
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"  # characters, but not the ' of 1'000
    r"|//[^\n]*|/\*.*?\*/"
    r"|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*",  # the preprocessor's lines, with their continuations
    re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r'(R"(?P<tag>[^()\\ ]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
TYPE_SCOPE = re.compile(r"^(?:typedef\s+)?(?:class|struct|union)\b(?!.*\)\s*(?:const|noexcept|override|final|->.*)?\s*$)", re.DOTALL)
FUNCTION_END = re.compile(r"[)\]]\s*(?:(?:const|noexcept|override|final|mutable|volatile|try|&&?)\s*|->.*|requires\b.*|:(?!:).*)*$", re.DOTALL)
ACCESS = re.compile(r"\s*(?:(?:public|private|protected)\s*:(?!:)\s*)*")
MEMBER_INITIALISER = re.compile(r"\)\s*(?:noexcept\b[^:]*)?:(?!:).*[\w>]$", re.DOTALL)


@dataclass(frozen=True)
class Function:
    name: str
    first_line: int
    last_line: int

    @property
    def lines(self) -> int:
        return self.last_line - self.first_line + 1


def blanked(match: re.Match) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def code_of(text: str) -> str:
    """The text with comments, literals and preprocessor lines blanked; every offset and line stays."""
    return NOISE.sub(blanked, text)


def without_comments(text: str) -> str:
    """The text with comments blanked; strings and includes stay."""
    return COMMENT.sub(lambda match: match.group() if match.group(1) else blanked(match), text)


def closing_of(code: str, opening: int) -> int:
    """The offset of the brace that closes the one at `opening`; the end of the text if none does."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, opening):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.start()
    return len(code)


def without_template_heads(header: str) -> str:
    header = re.sub(r"\[\[.*?\]\]|alignas\s*\([^)]*\)|\b(?:public|private|protected)\s*:(?!:)", " ", header).strip()
    while header.startswith("template"):
        depth = 0
        for offset, char in enumerate(header):
            depth += (char == "<") - (char == ">" and header[offset - 1] != "-")
            if char == ">" and depth == 0:
                header = re.sub(r"^\s*requires\s+(?:\([^)]*\)|[\w:]+<[^>]*>)", "", header[offset + 1:]).strip()
                break
        else:
            return header
    return header


def name_of(header: str) -> str:
    before = re.match(r"[^(]*", header).group()
    words = re.findall(r"(?:[\w~]+::)*(?:operator\s*\S+|[~\w]+)\s*$", before)
    name = words[0].strip() if words else header.strip()[:40]
    arguments = re.match(r"[^(]*\(([\w\s,]*)\)\s*$", header)
    return f"{name}({arguments.group(1).strip()})" if name.isupper() and arguments else name


def kind_of(header: str) -> str:
    """What an opening brace after this header begins: a scope to look into, a function, or anything else."""
    header = without_template_heads(header)
    if re.match(r"(?:inline\s+)?namespace\b", header) or re.match(r'extern\s*$', header):
        return "scope"
    if TYPE_SCOPE.match(header):
        return "scope"
    if "(" in header and not header.endswith("=") and FUNCTION_END.search(header):
        return "function"
    return "other"


def functions_of(text: str) -> list[Function]:
    """Every function that is defined in the text, outside of other functions; lambdas belong to where they stand."""
    code = code_of(text)
    found: list[Function] = []
    header_start = 0
    offset = 0
    for_braces = re.compile(r"[{};]")
    while match := for_braces.search(code, offset):
        at, char = match.start(), match.group()
        offset = at + 1
        header = code[header_start:at]
        unclosed = header.count("(") > header.count(")")
        if char != "{":
            header_start = header_start if unclosed else offset
            continue
        closing = closing_of(code, at)
        is_member = MEMBER_INITIALISER.search(header) and re.match(r"\s*[,{]", code[closing + 1:closing + 200])
        kind = "part" if unclosed or is_member else kind_of(header)
        if kind == "part":
            offset = closing + 1
        elif kind == "scope":
            header_start = offset
        else:
            if kind == "function":
                start = header_start + ACCESS.match(header).end()
                name = name_of(without_template_heads(header))
                found.append(Function(name, code.count("\n", 0, start) + 1, code.count("\n", 0, closing) + 1))
            offset = closing + 1
            header_start = offset
    return found
