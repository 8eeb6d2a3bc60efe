//! A stage is entered: what the law orders in it becomes tasks.
use super::work::{self, Work};
use super::{Happened, Reaction, Request};
use crate::codec::AnyEvent;
use crate::domain::after;
use crate::domain::charter::TaskOrder;
use crate::domain::id::{TaskId, caused};
use crate::domain::project::Event;
use uuid::Uuid;

const NAME: &str = "orders";

/// The reaction.
pub(super) struct Orders;

/// The task of the `nth` order, from zero, that an entry into a stage or an amendment brought.
pub fn order_task(event_id: Uuid, nth: u64) -> TaskId {
    TaskId(caused(event_id, NAME, nth))
}

impl Reaction for Orders {
    fn name(&self) -> &'static str {
        NAME
    }

    fn react(&self, event: &Happened) -> Vec<Request> {
        let AnyEvent::Project(Event::StageEntered { orders, .. } | Event::LawAmended { orders, .. }) =
            &event.event
        else {
            return Vec::new();
        };
        let open = |(order, nth): (&TaskOrder, u64)| {
            let work = Work {
                kind: order.kind.as_str(),
                title: order.title.to_string(),
                subject: event.stream(),
                role: &order.role,
                due_at: order.due_days.map(|days| after(event.at, days)),
                escalate_to: order.escalate_to.as_ref(),
            };
            work::open(order_task(event.citation.event_id, nth), work)
        };
        orders.iter().zip(0..).filter_map(open).collect()
    }
}
