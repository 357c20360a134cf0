use super::{Words, name};
use crate::zone::Date;

pub(super) const WORDS: Words = Words {
    welcome: "Заходите, поговорим.",
    invitation: |count| match count {
        0 => "Здесь пока никого. Достаточно имени.".into(),
        _ => format!(
            "Сейчас здесь {count} {}. Достаточно имени.",
            plural(count as u64, "человек", "человека", "человек")
        ),
    },
    your_name: "Ваше имя",
    join: "Войти в беседу",
    language: "Язык",
    rooms: "Комнаты",
    people: "Люди",
    online: "В сети",
    away: "Не в сети",
    you: "вы",
    guest: "гость",
    sign_out: "Выйти",
    messages: "Сообщения",
    message: "Сообщение",
    write: "Напишите сообщение",
    send: "Отправить",
    nothing_yet: "Здесь ещё ничего не сказано. Начните!",
    not_sent: |why| format!("Не отправлено. {why}"),
    retry: "Повторить",
    delete: "Удалить",
    sending: "Отправляется…",
    waiting: "Ждёт соединения",
    connection_lost: |seconds| {
        format!("Соединение потеряно. Новая попытка через {seconds} с; написанное сохранится.")
    },
    connecting: "Соединение…",
    try_now: "Попробовать сейчас",
    signed_out: "Вы вышли. Войдите снова, чтобы продолжить.",
    not_found: "Здесь ничего нет.",
    not_found_hint: "Возможно, в адресе опечатка или эта комната для вас закрыта.",
    way_back: "Вернуться к беседе",
    name_empty: "Пожалуйста, назовите себя.",
    name_too_long: "В имени может быть не больше 20 символов.",
    name_characters: "В этом имени есть невидимые символы. Пожалуйста, уберите их.",
    name_taken: "Человек с таким именем уже здесь. Выберите другое.",
    text_empty: "Отправлять пока нечего.",
    text_too_long: "В сообщении может быть не больше 5000 символов. Пожалуйста, сократите его.",
    unavailable: "Сервер сейчас не может это принять. Попробуйте ещё раз.",
    deleted: "Сообщение удалено.",
    edited: "(изменено)",
    too_often: "Слишком много сразу. Подождите немного.",
    muted: "Вам на время запретили писать.",
    archived: "Эта комната в архиве: писать в ней больше нельзя.",
    banned: "Вам закрыт доступ сюда.",
    no_guests: "Гостей здесь не принимают.",
    no_accounts: "Новые учётные записи здесь не создаются.",
    password: "Пароль",
    sign_in: "Войти",
    make_account: "Создать учётную запись",
    invited: "Вас пригласили. Выберите имя и пароль.",
    no_password: "Войти без пароля",
    have_password: "У меня есть пароль",
    new_account: "Создать учётную запись",
    today: "Сегодня",
    yesterday: "Вчера",
    date: |date| {
        let Date { year, month, day, weekday } = date;
        format!("{}, {day} {} {year}", name(&DAYS, weekday), name(&MONTHS, month - 1))
    },
    go_to: "Перейти…",
    search: "Поиск",
    details: "О комнате",
    close: "Закрыть",
    allow: "Разрешить",
    ask_notifications: "Уведомления нужно разрешить в браузере.",
    unreachable: |seconds| {
        format!(
            "Сервер недоступен: возможно, он остановлен или нет сети. Новая попытка через {seconds} с; написанное сохранится."
        )
    },
    new_room: "Новая комната",
    directs: "Личные сообщения",
    new_direct: "Новое личное сообщение",
    settings: "Настройки",
    unread: |count| {
        format!("{count} {}", plural(count, "непрочитанное", "непрочитанных", "непрочитанных"))
    },
    moderator: "модератор",
    admin: "администратор",
    owner: "владелец",
    older: "Более ранние сообщения",
    typing: |names| match names {
        [one] => format!("{one} печатает…"),
        [one, other] => format!("{one} и {other} печатают…"),
        _ => "Несколько человек печатают…".into(),
    },
    new_below: |count| format!("{count} {}", plural(count, "новое", "новых", "новых")),
    to_the_end: "В конец",
    new: "Новые",
    joined: |names| format!("В комнате: {}", several(names)),
    left: |names| format!("Больше не в комнате: {}", several(names)),
    reply: "Ответить",
    copy_link: "Скопировать ссылку",
    edit: "Изменить",
    save: "Сохранить",
    cancel: "Отмена",
    replying: |name| format!("Ответ: {name}"),
    editing: "Изменение сообщения",
    delete_question: "Удалить это сообщение для всех?",
    room_or_person: "Комната или человек",
    nothing_found: "Ничего не найдено.",
    names: "Имена",
    todos: "Дела",
    add_todo: "Добавить дело",
    remove_todo: "Убрать из списка",
    room_full: "В этой комнате больше нет мест.",
    password_short: "В пароле должно быть не меньше 8 символов.",
    password_long: "В пароле может быть не больше 200 символов.",
    password_wrong: "Имя или пароль неверны.",
    invite_needed: "Здесь нужно приглашение, или это уже использовано.",
    failed: "Что-то пошло не так. Попробуйте ещё раз.",
};

pub(super) fn plural(
    count: u64,
    one: &'static str,
    few: &'static str,
    many: &'static str,
) -> &'static str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

const DAYS: [&str; 7] =
    ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"];

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

fn several(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} и {other}"),
        [one, other, third] => format!("{one}, {other} и {third}"),
        [one, other, rest @ ..] => format!("{one}, {other} и ещё {}", rest.len()),
    }
}
