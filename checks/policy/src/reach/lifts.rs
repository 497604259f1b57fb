//! Principals as they would be after changing what they hold: without their boundary, without a Deny, with an older version
//! of a policy, in a group. Each is judged like any other principal, and is a step away from the one that it comes from.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Ask, Given, On, Reach};
use crate::estate::{Estate, Held, Principal};
use crate::truth::Truth;

/// A principal as it would be.
pub(super) struct Variant {
    /// The principal that it comes from; none for what any member of a group is, or any principal of an account.
    pub(super) of: Option<usize>,
    pub(super) principal: Principal,
    /// It stands for any principal of its account.
    pub(super) anybody: bool,
}

impl Variant {
    /// Any principal of an account: it holds nothing that is known.
    pub(super) fn anybody(account: usize, number: &str) -> Variant {
        let principal = Principal {
            arn: format!("any principal of account {number}"),
            name: "any principal".to_owned(),
            account,
            user: true,
            path: String::new(),
            groups: Vec::new(),
            tags: Vec::new(),
            held: Vec::new(),
            boundary: None,
            lacks: None,
            trust: None,
            on_instances: false,
            unnamed: true,
        };
        Variant { of: None, principal, anybody: true }
    }
}

/// How a principal becomes a variant.
pub(super) struct Lift {
    pub(super) primitive: &'static str,
    /// The place of the variant among all.
    pub(super) variant: usize,
    pub(super) truth: Truth,
    pub(super) why: Rc<[Ask]>,
}

/// A way that a principal has: the primitive, its truth, its calls.
type Call = (&'static str, Truth, Rc<[Ask]>);

/// Variants of one principal that are looked at, and of all. More are told as not judged.
const MOST_OF_ONE: usize = 64;
const MOST: usize = 20_000;

/// What was found, and of which principals not everything was looked at.
#[derive(Default)]
pub(super) struct Lifted {
    pub(super) variants: Vec<Variant>,
    pub(super) steps: HashMap<usize, Vec<Lift>>,
    pub(super) left_out: Vec<usize>,
    /// By account and group: the place of what any member of the group is.
    members: HashMap<(usize, usize), usize>,
}

impl Lifted {
    fn add(&mut self, at: usize, principal: Principal, lift: Call) {
        let (primitive, truth, why) = lift;
        let variant = self.variants.len();
        self.variants.push(Variant { of: Some(at), principal, anybody: false });
        self.steps.entry(at).or_default().push(Lift { primitive, variant, truth, why });
    }
}

impl Reach<'_> {
    /// Every principal that can change what it holds, as it would be.
    pub(super) fn lifts(&self) -> Lifted {
        let mut lifted = Lifted::default();
        let of_groups: Vec<Vec<Naming>> =
            self.estate.groups.iter().map(|groups| groups.iter().map(|held| self.naming(held)).collect()).collect();
        for at in 0..self.estate.principals.len() {
            let p = &self.estate.principals[at];
            if self.standing[at].administrator().certain() || p.is_protected() {
                continue;
            }
            let mut ways = Vec::new();
            self.unbind(at, p, &mut ways);
            self.switch(at, p, &mut ways);
            if ways.len() > MOST_OF_ONE || lifted.variants.len() > MOST {
                ways.truncate(if lifted.variants.len() > MOST { 0 } else { MOST_OF_ONE });
                lifted.left_out.push(at);
            }
            for (principal, lift) in ways {
                lifted.add(at, principal, lift);
            }
            if p.user && self.names_id(at, "group-join") {
                self.join(at, p, &of_groups[p.account], &mut lifted);
            }
        }
        lifted
    }

    /// Whether an actor may do what a primitive asks on something, and the calls.
    fn way(&self, at: usize, id: &str, on: &str, given: &Given) -> Option<Call> {
        let primitive = self.primitives.iter().find(|one| one.id == id && self.names_all(at, one))?;
        let ask = |action: &_| Ask { action: *action, on: On::Text(on.into()), given: given.clone() };
        let why: Rc<[Ask]> = primitive.actions.iter().map(ask).collect();
        let truth = Truth::all(why.iter().map(|ask| self.ask(self.actor(at), ask, None)));
        truth.possible().then_some((primitive.id, truth, why))
    }

    /// Without what caps it.
    fn unbind(&self, at: usize, p: &Principal, ways: &mut Vec<(Principal, Call)>) {
        let side = |user: &'static str, role: &'static str| if p.user { user } else { role };
        let mut add = |id: &str, on: &str, given: &Given, change: &dyn Fn(&mut Principal)| {
            if let Some(lift) = self.way(at, id, on, given) {
                let mut principal = p.clone();
                change(&mut principal);
                ways.push((principal, lift));
            }
        };
        if p.boundary.is_some() {
            let without = |one: &mut Principal| one.boundary = None;
            add(side("user-boundary-off", "role-boundary-off"), &p.arn, &Given::Nothing, &without);
            // AWS's own AdministratorAccess, as a boundary, is none.
            add(side("user-boundary-swap", "role-boundary-swap"), &p.arn, &Given::Boundary, &without);
        }
        let mut left: Vec<&str> = Vec::new();
        for (place, held) in p.held.iter().enumerate().filter(|(_, held)| denies(self.estate, held)) {
            match held.group.as_deref() {
                Some(group) if left.contains(&group) => {}
                Some(group) => {
                    left.push(group);
                    let groups = &self.estate.accounts[p.account].groups;
                    if let Some(found) = groups.iter().find(|g| g.name == group) {
                        add("group-leave", &found.arn, &Given::Nothing, &|one| {
                            one.held.retain(|h| h.group.as_deref() != Some(group));
                        });
                    }
                }
                None if held.name.starts_with("arn:") => {
                    let given = Given::Policy(Rc::from(&*held.name));
                    add(side("user-deny-detach", "role-deny-detach"), &p.arn, &given, &|one| {
                        one.held.remove(place);
                    });
                }
                None => {
                    let id = side("user-deny-inline-del", "role-deny-inline-del");
                    add(id, &p.arn, &Given::Nothing, &|one| {
                        one.held.remove(place);
                    });
                }
            }
        }
    }

    /// With an older version of a policy.
    fn switch(&self, at: usize, p: &Principal, ways: &mut Vec<(Principal, Call)>) {
        for (place, held) in p.held.iter().enumerate().filter(|(_, held)| held.is_customer_managed()) {
            for other in self.estate.versions.get(&*held.name).into_iter().flatten() {
                if adds(&self.naming(&p.held), &self.naming(std::slice::from_ref(other)))
                    && let Some(lift) = self.way(at, "pol-switch-default", &held.name, &Given::Nothing)
                {
                    let mut principal = p.clone();
                    principal.held[place] = Held { group: held.group.clone(), ..other.clone() };
                    ways.push((principal, lift));
                }
            }
        }
    }

    /// In a group: exactly, where that makes it an administrator; else as any member of the group.
    fn join(&self, at: usize, p: &Principal, of_groups: &[Naming], lifted: &mut Lifted) {
        let own = self.naming(&p.held);
        let account = &self.estate.accounts[p.account];
        let capped = p.boundary.is_some()
            || p.lacks.is_some()
            || !self.estate.levels(p).is_empty()
            || p.held.iter().any(|held| denies(self.estate, held));
        let mut best = self.standing[at].administrator();
        for (place, (group, theirs)) in account.groups.iter().zip(&self.estate.groups[p.account]).enumerate() {
            if p.groups.contains(&group.name) || !of_groups.get(place).is_some_and(|theirs| adds(&own, theirs)) {
                continue;
            }
            let Some(lift) = self.way(at, "group-join", &group.arn, &Given::Nothing) else { continue };
            if best != Truth::True && self.bar.name_enough(self.estate, p.held.iter().chain(theirs)) {
                let mut joined = p.clone();
                joined.held.extend(theirs.iter().cloned());
                joined.groups.push(group.name.clone());
                let standing = self.bar.judge(self.estate, &joined).administrator();
                if standing > best {
                    best = standing;
                    lifted.add(at, joined, lift);
                    continue;
                }
            }
            let variant = *lifted.members.entry((p.account, place)).or_insert_with(|| {
                let (arn, name) = (group.arn.clone(), group.name.clone());
                let member = Principal {
                    name: name.clone(),
                    groups: vec![name],
                    tags: Vec::new(),
                    held: theirs.clone(),
                    boundary: None,
                    lacks: None,
                    unnamed: true,
                    arn,
                    ..p.clone()
                };
                lifted.variants.push(Variant { of: None, principal: member, anybody: false });
                lifted.variants.len() - 1
            });
            let (primitive, truth, why) = lift;
            lifted.steps.entry(at).or_default().push(Lift { primitive, variant, truth: truth.doubted(capped), why });
        }
    }

    fn naming(&self, held: &[Held]) -> Naming {
        let everywhere = held.iter().any(|one| self.estate.documents[one.document].everywhere > 0);
        Naming { mask: self.mask_of(held), everywhere }
    }
}

/// What policies name: actions of ways to more privilege, and whether anything on every resource.
struct Naming {
    mask: Vec<u64>,
    everywhere: bool,
}

/// Whether policies name an action that a principal's own do not, or one on every resource.
fn adds(own: &Naming, more: &Naming) -> bool {
    let named = more.mask.iter().any(|word| *word != 0);
    more.mask.iter().zip(&own.mask).any(|(more, own)| more & !own != 0) || (more.everywhere && named)
}

fn denies(estate: &Estate, held: &Held) -> bool {
    estate.documents[held.document].policy.statements.iter().any(|s| !s.allows())
}
