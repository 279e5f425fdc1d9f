"""Three people to be contacted, in nine languages and in every layout that runbooks use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be contacted."""

    role: str
    name: str
    phone: str
    mail: str
    chat: str


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language."""

    chapters: tuple[str, ...]
    titles: dict[str, str]
    people: tuple[Person, ...]


def _language(chapters: str, titles: str, roles: str, names: str) -> Language:
    people = tuple(
        Person(role, name, f"+44 20 7946 01{n}{n}", f"{sign}@mill.test", f"@{sign}mill")
        for n, (role, name, sign) in enumerate(zip(roles.split("; "), names.split("; "), "abc", strict=True))
    )
    return Language(
        tuple(chapters.split("; ")),
        dict(zip(("role", "name", "phone", "mail", "chat"), titles.split("; "), strict=True)),
        people,
    )


LANGUAGES = {
    "en": _language(
        "Contacts; Emergency contacts; Contact information",
        "Role; Name; Phone; Email; Slack",
        "On-call engineer; Team lead; Database administrator",
        "Ada Miller; Bo Farmer; Cy Baker",
    ),
    "de": _language(
        "Kontakte; Ansprechpartner; Notfallkontakte",
        "Rolle; Name; Telefon; E-Mail; Slack",
        "Bereitschaft; Teamleitung; Datenbankadministrator",
        "Ada Müller; Bo Bauer; Cy Becker",
    ),
    "es": _language(
        "Contactos; Contactos de emergencia; Directorio",
        "Rol; Nombre; Teléfono; Correo; Slack",
        "Ingeniero de guardia; Líder de equipo; Administrador de base de datos",
        "Ada Molina; Bo Campos; Cy Hornero",
    ),
    "fr": _language(
        "Contacts; Contacts d'urgence; Annuaire",
        "Rôle; Nom; Téléphone; E-mail; Slack",
        "Ingénieur d'astreinte; Chef d'équipe; Administrateur de base de données",
        "Ada Meunier; Bo Fermier; Cy Boulanger",
    ),
    "pt": _language(
        "Contatos; Contatos de emergência; Lista de contatos",
        "Função; Nome; Telefone; E-mail; Slack",
        "Engenheiro de plantão; Líder da equipe; Administrador do banco de dados",
        "Ada Moleiro; Bo Lavrador; Cy Forneiro",
    ),
    "it": _language(
        "Contatti; Contatti di emergenza; Rubrica",
        "Ruolo; Nome; Telefono; E-mail; Slack",
        "Reperibile; Responsabile del team; Amministratore del database",
        "Ada Mugnai; Bo Contadini; Cy Fornai",
    ),
    "ru": _language(
        "Контакты; Экстренные контакты; Список контактов",
        "Роль; Имя; Телефон; Email; Slack",
        "Дежурный инженер; Тимлид; Администратор баз данных",
        "Ада Мельник; Боря Пахарь; Саша Пекарь",
    ),
    "ja": _language(
        "連絡先; 緊急連絡先; 連絡先一覧",
        "役割; 氏名; 電話; メール; Slack",
        "オンコール担当; チームリーダー; データベース管理者",
        "粉川 あだ; 畑 ぼう; 釜田 しい",
    ),
    "zh": _language(
        "联系人; 紧急联系人; 联系方式",
        "角色; 姓名; 电话; 邮箱; Slack",
        "值班工程师; 团队负责人; 数据库管理员",
        "磨阿达; 田波; 面西",
    ),
}


def _each(form: str) -> Callable[[Language], str]:
    """A layout that says one thing of each: ``form`` has their fields, the titles in capitals, and their number."""

    def written(language: Language) -> str:
        titles = {name.upper(): title for name, title in language.titles.items()}
        return "".join(
            form.format(n=n, role=one.role, name=one.name, phone=one.phone, mail=one.mail, chat=one.chat, **titles)
            for n, one in enumerate(language.people, 1)
        )

    return written


def _table(columns: str, cell: str = "{}") -> Callable[[Language], str]:
    """A table with these columns; ``cell`` is how the first one of a row is written."""
    names = columns.split()

    def written(language: Language) -> str:
        rows = [[getattr(one, name) for name in names] for one in language.people]
        head = " | ".join(language.titles[name] for name in names)
        body = "".join(f"| {cell.format(first)} | {' | '.join(rest)} |\n" for first, *rest in rows)
        return f"| {head} |\n{'|---' * len(names)}|\n{body}"

    return written


def _html(language: Language) -> str:
    cells = "<tr><td>{0.role}</td><td>{0.name}</td><td>{0.phone}</td></tr>\n"
    head = "".join(f"<th>{language.titles[name]}</th>" for name in ("role", "name", "phone"))
    return f"<table>\n<tr>{head}</tr>\n{''.join(map(cells.format, language.people))}</table>\n"


def _turned(language: Language) -> str:
    """A table with a column for each of them."""

    def row(name: str) -> str:
        return f"| {language.titles[name]} | {' | '.join(getattr(one, name) for one in language.people)} |\n"

    return f"{row('role')}|---|---|---|---|\n{row('name')}{row('phone')}"


def _fenced(written: Callable[[Language], str], info: str = "", head: str = "") -> Callable[[Language], str]:
    return lambda language: f"```{info}\n{head}{written(language)}```\n"


LAYOUTS: dict[str, Callable[[Language], str]] = {
    "table": _table("role name phone mail"),
    "table, name first": _table("name role phone mail"),
    "table, no names": _table("role phone mail"),
    "table, mail": _table("role mail"),
    "table, chat": _table("role chat"),
    "table, no roles": _table("name phone"),
    "table, names only": _table("role name"),
    "table, mail first": _table("mail phone role name"),
    "table, phone first": _table("phone name mail"),
    "table, bold": _table("role name phone", "**{}**"),
    "table, HTML": _html,
    "table, turned": _turned,
    "list": _each("- **{role}**: {name}, {phone}\n"),
    "list, mail in brackets": _each("- **{role}:** {name} ({mail})\n"),
    "list, plain": _each("- {role}: {name} – {phone}\n"),
    "list, mail": _each("- {role}: {mail}\n"),
    "list, dash": _each("- {role} – {phone}\n"),
    "list, hyphen": _each("- {role} - {chat}\n"),
    "list, role in brackets": _each("- {name} ({role}): {phone}\n"),
    "list, commas": _each("- {name}, {role}, {phone}\n"),
    "list, bars": _each("- {role} | {name} | {phone}\n"),
    "list, numbered": _each("{n}. {role}: {name} ({phone})\n"),
    "list, sign": _each("- 📞 **{role}**: {phone}\n"),
    "list, link": _each("- {role}: [{name}](mailto:{mail})\n"),
    "list, blanks": _each("- **{role}**: [phone]\n"),
    "nested": _each("- **{role}**\n  - {NAME}: {name}\n  - {PHONE}: {phone}\n  - {MAIL}: {mail}\n"),
    "nested, plain": _each("- {role}:\n  - {PHONE}: {phone}\n  - {MAIL}: {mail}\n"),
    "headings": _each("### {role}\n\n- {NAME}: {name}\n- {PHONE}: {phone}\n\n"),
    "headings, bold": _each("### {role}\n\n- **{NAME}**: {name}\n- **{PHONE}**: {phone}\n\n"),
    "paragraphs": _each("**{role}**: {name}, {phone}\n\n"),
    "paragraphs of lines": _each("**{role}**\n{PHONE}: {phone}\n{MAIL}: {mail}\n\n"),
    "lines": _each("{role}: {name}, {phone}  \n"),
    "quote": _each("> **{role}**: {phone}\n>\n"),
    "code": _fenced(_each("{role}: {name} {phone}\n")),
    "code, columns": _fenced(_each("{role:40}{name:16}{phone}\n")),
    "YAML": _fenced(_each('  - role: {role}\n    name: {name}\n    phone: "{phone}"\n'), "yaml", "contacts:\n"),
    "YAML, by role": _fenced(_each('{role}:\n  name: {name}\n  phone: "{phone}"\n'), "yaml"),
}
"""How they are listed."""


def document(language: Language, layout: str, chapter: str) -> str:
    """A runbook with the chapter."""
    return f"# Mill\n\n## {chapter}\n\n{LAYOUTS[layout](language)}\n"
