use super::Words;

pub(super) const WORDS: Words = Words {
    welcome: "Заходите, поговорим.",
    invitation: |count| match count {
        0 => "Здесь пока никого. Достаточно имени.".into(),
        _ => format!(
            "Сейчас здесь {count} {}. Достаточно имени.",
            plural(count, "человек", "человека", "человек")
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
    failed: "Что-то пошло не так. Попробуйте ещё раз.",
};

fn plural(count: usize, one: &'static str, few: &'static str, many: &'static str) -> &'static str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}
