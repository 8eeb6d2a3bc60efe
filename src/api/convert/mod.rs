//! Requests to commands: parsed once, here, into types that cannot be wrong.
//!
//! A request is read to its end whatever is wrong with it, so that one answer names every field at fault. What
//! only the record can tell (whether a cited event exists, whether a rule holds) is not asked here.
use crate::api::proto as pb;
use crate::domain::Decider;
use uuid::Uuid;

/// Implements [`Asked`] for the requests of one service: `Variant = Request { field: reader }` where the wire
/// has the field under the same name, `field <- wire_name: reader` where it has not. `opens name: Type` stands
/// for a command that begins a stream under an id of the caller's or the server's making. `Command` is the
/// one in scope.
macro_rules! asked {
    ($decider:ident by $id:ident; $(
        $variant:ident = $request:ident $(opens $new:ident: $made:ident)? {
            $($field:ident $(<- $wire:ident)?: $how:ident $(($($with:expr),+))?),* $(,)?
        }
    )*) => {$(
        impl crate::api::convert::Asked for crate::api::proto::$request {
            type Decider = $decider;
            fn take_context(&mut self) -> Option<crate::api::proto::CommandContext> {
                self.context.take()
            }
            fn read(self, form: &mut crate::api::convert::Form) -> Option<crate::api::convert::Ask<$decider>> {
                let id = asked!(@id self, form, $id $(, $new: $made)?);
                $(let $field = asked!(@field self, form, $field $(<- $wire)?: $how ($($($with),+)?));)*
                $(let $new = id.map($made);)?
                Some(crate::api::convert::Ask {
                    id: id?,
                    command: Command::$variant { $($new: $new?,)? $($field: $field?),* },
                })
            }
        }
    )*};
    (@id $me:ident, $form:ident, $id:ident) => { $form.existing(stringify!($id), $me.$id) };
    (@id $me:ident, $form:ident, $id:ident, $new:ident: $made:ident) => {
        $form.fresh(stringify!($id), $me.$id, $made::of).map(|it| it.0)
    };
    (@field $me:ident, $form:ident, $field:ident: $how:ident ($($with:expr),*)) => {
        $form.$how(stringify!($field), $me.$field $(, $with)*)
    };
    (@field $me:ident, $form:ident, $field:ident <- $wire:ident: $how:ident ($($with:expr),*)) => {
        $form.$how(stringify!($wire), $me.$wire $(, $with)*)
    };
}

mod charter;
mod consultation;
mod context;
mod evidence;
mod form;
mod mandate;
mod meeting;
mod money;
mod partner;
mod priority;
mod project;
mod recommendation;
mod redaction;
mod shared;
mod task;
mod violations;

pub(super) use context::wait;
pub use context::{Call, Manner, Wait, read};
pub use form::{Form, ITEMS_MAX};
pub(in crate::api) use shared::reference;
pub use violations::{Violation, Violations};

/// What a request asks: of which stream, and what.
pub struct Ask<D: Decider> {
    /// The stream's id.
    pub id: Uuid,
    /// What is asked.
    pub command: D::Command,
}

/// A request for a command.
pub trait Asked: Sized {
    /// The rules that answer it.
    type Decider: Decider;

    /// Takes the context out of it.
    fn take_context(&mut self) -> Option<pb::CommandContext>;

    /// Reads everything but the context; `None` once a violation was noted.
    fn read(self, form: &mut Form) -> Option<Ask<Self::Decider>>;

    /// What it asks as the command of this id, or everything that is wrong with it besides its context.
    fn ask(self, command_id: Uuid) -> Result<Ask<Self::Decider>, Violations> {
        let mut form = Form::new(command_id);
        let read = self.read(&mut form);
        form.done(read)
    }
}
