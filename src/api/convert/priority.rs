//! Requests about lists of priorities.
use super::money::money;
use super::shared::{reference, scope};
use super::{Ask, Asked, Form};
use crate::api::proto as pb;
use crate::domain::id::PriorityId;
use crate::domain::priority::{Command, PriorityList, list_id};

asked! {
    PriorityList by list_id;
    RerankPriority = RerankPriorityRequest { priority <- priority_id: text, rank: ordinal }
    RevisePriority = RevisePriorityRequest {
        priority <- priority_id: text, scope: part(scope), needs: optional_part(money), reason: text,
    }
    RetirePriority = RetirePriorityRequest { priority <- priority_id: text, reason: text }
    ExpectReview = ExpectReviewRequest { priority <- priority_id: text, due_at: moment }
}

impl Asked for pb::SetPriorityRequest {
    type Decider = PriorityList;
    fn take_context(&mut self) -> Option<pb::CommandContext> {
        self.context.take()
    }
    fn read(self, form: &mut Form) -> Option<Ask<PriorityList>> {
        let priority = form.fresh("priority_id", self.priority_id, PriorityId::of);
        let list = form.text("list", self.list);
        let charter = form.part("charter", self.charter, reference);
        let set_by = form.part("set_by", self.set_by, reference);
        let title = form.text("title", self.title);
        let adoption = form.part("adoption", self.adoption, reference);
        let text = form.part("text", self.text, reference);
        let scope = form.part("scope", self.scope, scope);
        let rank = form.ordinal("rank", self.rank);
        let needs = form.optional_part("needs", self.needs, money);
        let belongs = match (&charter, &list, &scope) {
            (Some(charter), Some(list), Some(scope)) => Some(list_id(&charter.stream, list, &scope.period).0),
            _ => None,
        };
        let id = form.derived("list_id", self.list_id, belongs);
        let command = Command::SetPriority {
            priority: priority?,
            list: list?,
            charter: charter?,
            set_by: set_by?,
            title: title?,
            adoption: adoption?,
            text: text?,
            scope: scope?,
            rank: rank?,
            needs: needs?,
        };
        Some(Ask { id: id?, command })
    }
}
