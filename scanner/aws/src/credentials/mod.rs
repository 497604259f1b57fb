//! Where credentials come from: the places that the AWS CLI looks in, each failure told by its cause.

mod base;
mod cause;
mod entrance;
mod error;
mod person;
mod profiles;
mod role;
mod variable;

pub(crate) use base::{Base, Settings, instance};
pub(crate) use cause::{Cause, of_sdk};
pub(crate) use entrance::Entrance;
pub use error::ConnectError;
pub(crate) use person::patient;
pub use person::{Nobody, Person};
pub(crate) use profiles::{Way, way};
pub(crate) use role::Role;
pub(crate) use variable::variable;
