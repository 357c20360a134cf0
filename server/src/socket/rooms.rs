//! Rooms and who is in them.

use super::event::{Answer, Asked, events};
use chat::Error;
use protocol::event::{self, Done, InRoom, InRoomUser, Joined, OneRoom, WithUser};

events! {
    Rooms = event::ROOMS, |session, _ask: Asked| -> event::Rooms {
        session.chat.rooms(&session.who).await.map(Answer::Now)
    }

    CreateRoom = event::CREATE_ROOM, |session, ask: event::CreateRoom| -> OneRoom {
        let made = session.chat.create_room(&session.who, &ask).await?;
        session.socket.join(made.room.id.to_string());
        Ok(Answer::Now(made))
    }

    UpdateRoom = event::UPDATE_ROOM, |session, ask: event::UpdateRoom| -> OneRoom {
        session.chat.update_room(&session.who, &ask).await.map(Answer::Now)
    }

    ArchiveRoom = event::ARCHIVE_ROOM, |session, ask: InRoom| -> Done {
        session.chat.archive_room(&session.who, &ask.room).await?;
        Ok(Answer::Now(Done {}))
    }

    DeleteRoom = event::DELETE_ROOM, |session, ask: InRoom| -> Done {
        session.chat.delete_room(&session.who, &ask.room).await?;
        Ok(Answer::Now(Done {}))
    }

    JoinRoom = event::JOIN_ROOM, |session, ask: InRoom| -> Joined {
        let room = session.chat.join(&session.who, &ask.room).await?;
        // Listen first, read then: what is said in between is heard twice rather than not at all.
        session.socket.join(room.to_string());
        let viewed = session.chat.view(&session.who, room).await;
        if let Err(Error::Refused(_)) = &viewed {
            // Sent out before this socket was among those that are told so.
            session.socket.leave(room.to_string());
        }
        viewed.map(Answer::Now)
    }

    LeaveRoom = event::LEAVE_ROOM, |session, ask: InRoom| -> Done {
        session.chat.leave(&session.who, &ask.room).await?;
        Ok(Answer::Now(Done {}))
    }

    OpenDm = event::OPEN_DM, |session, ask: WithUser| -> OneRoom {
        let opened = session.chat.open_dm(&session.who, &ask.user).await?;
        session.socket.join(opened.room.id.to_string());
        Ok(Answer::Now(opened))
    }

    Invite = event::INVITE, |session, ask: InRoomUser| -> Done {
        session.chat.invite_member(&session.who, &ask).await?;
        Ok(Answer::Now(Done {}))
    }

    RemoveMember = event::REMOVE_MEMBER, |session, ask: InRoomUser| -> Done {
        session.chat.remove_member(&session.who, &ask, "").await?;
        Ok(Answer::Now(Done {}))
    }
}
