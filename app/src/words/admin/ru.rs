use super::super::ru::plural;
use super::{AdminWords, lasted};

pub(super) const WORDS: AdminWords = AdminWords {
    title: "Управление",
    parts: "Разделы этой страницы",
    now: "Сейчас",
    people: "Люди",
    rooms: "Комнаты",
    log: "Журнал",

    connections: "Соединения",
    messages: "Сообщения",
    deliveries: "Доставки",
    answers: "Ответы",
    processor: "Процессор",
    memory: "Память",
    queue: "Очередь",
    nodes: "Узлы",

    per_second: "в секунду",
    milliseconds: "мс",
    megabytes: "МБ",
    thousands: '\u{a0}',
    decimal: ',',

    here: |people, rooms| {
        let who = plural(people as u64, "человек", "человека", "человек");
        let place = plural(rooms as u64, "комнате", "комнатах", "комнатах");
        format!("{people} {who} в {rooms} {place}")
    },
    changes: "новые, правки, удаления",
    delivered: "по одной на слушателя",
    half_within: |time| format!("99 из 100; половина: {time}"),
    not_asked: "запросов не было",
    of_one_core: "одного ядра",
    resident: "занимает эта программа",
    waiting: "ждут записи на диск",
    connections_here: |count| {
        let what = plural(count as u64, "соединение", "соединения", "соединений");
        format!("{count} {what} с этим узлом")
    },
    only_node: "только этот",

    chart: |name, now, least, most| {
        format!("{name}: сейчас {now}, за последние пять минут от {least} до {most}")
    },
    five_minutes_ago: "5 мин назад",
    at_present: "сейчас",
    in_figures: "Последние пять минут в цифрах",
    figure: "Показатель",
    least: "Мин.",
    average: "Средн.",
    most: "Макс.",

    live: "Обновляется",
    connecting: "Соединение…",
    lost: "Связь потеряна. Пока её нет, цифры не меняются.",
    refused: "Вы вышли или больше не модератор. Загрузите страницу заново.",
    as_loaded: "Так было, когда страница загрузилась; загрузите её снова, чтобы увидеть, что сейчас.",
    up: |seconds| format!("работает {}", lasted(seconds, [" д", " ч", " мин"])),
    node_only: "Соединения, люди, комнаты и сообщения — со всех узлов; остальное — только об этом узле.",

    announce: "Объявление",
    announce_hint: "Его сразу прочтут все, кто сейчас здесь. Оно не хранится.",
    announce_text: "Что должны знать все",
    tell_everyone: "Сообщить всем",

    find_person: "Начало имени",
    find_room: "Начало названия комнаты",
    find: "Найти",
    no_person: "Таких имён здесь нет.",
    no_room: "Таких открытых комнат нет.",
    next: "Дальше",
    manage: "Действия",
    muted: "не может писать",
    banned: "доступ закрыт",
    disabled: "отключён",
    archived: "в архиве",
    online: |count| format!("сейчас здесь: {count}"),
    unseen_rooms: |private, direct| {
        let rooms =
            plural(private as u64, "закрытая комната", "закрытые комнаты", "закрытых комнат");
        let talks = plural(direct as u64, "личная беседа", "личные беседы", "личных бесед");
        format!("Кроме них: {private} {rooms} и {direct} {talks}; их видят только участники.")
    },

    recent: "Последние действия",
    whole_log: "Весь журнал",
    log_hint: "Кто, что и с кем сделал; сначала новое.",
    nothing_done: "Пока никто ничего не сделал.",
    command_line: "командная строка",
    deed: |action| {
        Some(match action {
            "kick" => "сеансы завершены",
            "ban" => "доступ закрыт",
            "unban" => "доступ открыт",
            "mute" => "запрет писать",
            "set-role" => "роль изменена",
            "revoke" => "сеанс завершён",
            "announce" => "объявление",
            "delete-message" => "сообщение удалено",
            "remove-member" => "удаление из комнаты",
            "archive-room" => "комната в архиве",
            "delete-room" => "комната удалена",
            "add-user" => "учётная запись создана",
            "set-password" => "пароль задан",
            "disable" => "учётная запись отключена",
            "enable" => "учётная запись включена",
            "create-token" => "ключ создан",
            "revoke-token" => "ключ отозван",
            _ => return None,
        })
    },
    minutes: |minutes| match minutes {
        "0" => "снят".into(),
        _ => format!("{minutes} мин"),
    },

    sessions: "Где этот человек вошёл",
    no_sessions: "Сеансов нет.",
    end_all: "Завершить все",
};
