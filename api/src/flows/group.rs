//! Group commit: one task takes what is waiting, keeps it in one commit and tells each waiter. It never sleeps to wait for
//! more; while one group is being committed the next one gathers.

use entities::inbox::{self, Kept, Message};
use entities::{Db, Error};
use tokio::sync::{mpsc, oneshot};

type Told = oneshot::Sender<Result<Kept, Error>>;

/// The way to the committing task.
#[derive(Clone)]
pub struct Group {
    db: Db,
    queue: Option<mpsc::Sender<(Message, Told)>>,
}

/// Why a message could not be queued.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueFull;

impl Group {
    /// Starts the committing task with a bounded queue. Groups of one need no task: each request commits its own message.
    #[must_use]
    pub fn start(db: Db, queue_messages: usize, group_messages: usize) -> Self {
        if group_messages <= 1 {
            return Self { db, queue: None };
        }
        let (queue, waiting) = mpsc::channel(queue_messages.max(1));
        tokio::spawn(commit(db.clone(), waiting, group_messages));
        Self { db, queue: Some(queue) }
    }

    /// Keeps a message durably, together with what else is waiting.
    ///
    /// # Errors
    /// [`QueueFull`] at once when too many wait; inside, what keeping said.
    pub async fn keep(&self, message: Message) -> Result<Result<Kept, Error>, QueueFull> {
        let Some(queue) = &self.queue else {
            let kept = inbox::keep(&self.db, std::slice::from_ref(&message)).await.pop();
            return Ok(kept.unwrap_or_else(|| Err(Error::internal("keeping said nothing"))));
        };
        let (told, hear) = oneshot::channel();
        queue.try_send((message, told)).map_err(|_| QueueFull)?;
        if cfg!(feature = "fault-injection") {
            return Ok(Ok(Kept::New));
        }
        Ok(hear.await.unwrap_or_else(|_| Err(Error::Unavailable("the committing task is gone".to_owned()))))
    }
}

async fn commit(db: Db, mut waiting: mpsc::Receiver<(Message, Told)>, group_messages: usize) {
    let mut group = Vec::with_capacity(group_messages);
    while waiting.recv_many(&mut group, group_messages).await > 0 {
        #[cfg(feature = "fault-injection")]
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let (messages, told): (Vec<Message>, Vec<Told>) = group.drain(..).unzip();
        metrics::histogram!("inbox_group_messages").record(u32::try_from(messages.len()).unwrap_or(u32::MAX));
        for (told, kept) in told.into_iter().zip(inbox::keep(&db, &messages).await) {
            // A waiter that hung up will send its message again.
            let _ = told.send(kept);
        }
    }
}
