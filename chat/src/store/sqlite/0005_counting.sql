-- What is said is inserted by one statement, which counts it, too.
CREATE TRIGGER messages_are_counted AFTER INSERT ON messages BEGIN
    UPDATE rooms SET rev = NEW.rev, last_seq = NEW.seq WHERE id = NEW.room_id;
END;
