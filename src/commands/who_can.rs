//! `kickoff who-can`: who is able to do an action, decided by which statement, and through which roles.

use std::io::Write;

use kickoff::walk::Failure;
use kickoff_evidence::count;
use kickoff_policy::access::{Evidence, Outside};
use kickoff_policy::estate::Through;

use super::given;
use crate::cli::{Format, WhoCanArgs};
use crate::exit::Exit;
use crate::terminal::{shortfalls, streams};

/// Who is able to do an action, decided by which statement.
pub(crate) fn run(arguments: &WhoCanArgs) -> Result<Exit, Failure> {
    let mut asked = given::asked(&arguments.estate)?;
    let resource = arguments.resource.as_deref().unwrap_or("*");
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let is_arn =
        matches!(parts[..], ["arn", partition, service, _, _, rest] if ![partition, service, rest].contains(&""));
    if resource != "*" && !is_arn {
        return Err(Failure::Usage(format!(
            "{resource:?} is neither an ARN (arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE) nor *"
        )));
    }
    let mut found = asked.estate.who_can(&arguments.action, resource).map_err(Failure::Usage)?;
    found.unknown.append(&mut asked.unknown);
    let through = match arguments.through_roles {
        true => Some(asked.estate.through_roles(&found).map_err(Failure::Usage)?),
        false => None,
    };
    let mut out = std::io::BufWriter::new(streams::stdout(arguments.format == Format::Json));
    match arguments.format {
        Format::Json => {
            let mut value = serde_json::json!({
                "action": arguments.action,
                "resource": resource,
                "principals": found.principals,
                "outside": found.outside,
                "blocked": found.blocked,
                "refused": found.refused,
                "unknown": found.unknown,
            });
            if let Some(through) = &through {
                value["through_roles"] = serde_json::json!(through);
            }
            writeln!(out, "{value:#}")?;
        }
        Format::Table => {
            let sure = found.principals.iter().filter(|h| h.certain).count();
            writeln!(
                out,
                "{} on {resource}: {sure} certainly, {} under conditions{}, of {}",
                arguments.action,
                found.principals.len() - sure,
                through.as_ref().map_or_else(String::new, |all| format!(", {} through roles", all.principals.len())),
                count(asked.estate.principals(), "principal")
            )?;
            if let Some(why) = &found.refused {
                writeln!(out, "refused   {why}")?;
            }
            for holder in &found.principals {
                let word = if holder.certain { "certain " } else { "possible" };
                writeln!(out, "{word}  {}\n          {}", holder.principal, cited(&holder.evidence))?;
                let open =
                    holder.open.iter().map(|e| format!("against it: {e}")).chain(holder.conditions.iter().cloned());
                for line in open {
                    writeln!(out, "          {line}")?;
                }
            }
            if let Some(through) = &through {
                for way in &through.principals {
                    told_way(&mut out, way)?;
                }
            }
            let by_role = through.iter().flat_map(|through| &through.outside).map(|party| (party, "into a role"));
            for (party, to) in found.outside.iter().map(|party| (party, "")).chain(by_role) {
                told_party(&mut out, party, to)?;
            }
            for one in &found.blocked {
                writeln!(out, "kept out  {}\n          by {}", one.principal, one.by)?;
            }
        }
    }
    out.flush()?;
    if let Format::Table = arguments.format {
        shortfalls::not_known(&found.unknown)?;
    }
    Ok(Exit::of_answers(asked.whole()))
}

fn cited(evidence: &[Evidence]) -> String {
    evidence.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// A principal that gets there through roles, with the statement that opens each.
fn told_way(out: &mut impl Write, way: &Through) -> std::io::Result<()> {
    let word = if way.certain { "certain " } else { "possible" };
    let (first, more) = (way.chain.first().map_or("", |step| &step.role), way.chain.iter().skip(1));
    let then: String = more.map(|step| format!(", then {}", step.role)).collect();
    writeln!(out, "{word}  {}\n          through {first}{then}", way.principal)?;
    for step in &way.chain {
        writeln!(out, "          {}", cited(&step.evidence))?;
        for condition in &step.conditions {
            writeln!(out, "          {condition}")?;
        }
    }
    Ok(())
}

/// Whom a policy lets in from outside, and what that is to the client.
fn told_party(out: &mut impl Write, party: &Outside, to: &str) -> std::io::Result<()> {
    let guard = match party.conditions.is_empty() {
        true => "no condition".to_owned(),
        false => format!("if {}", party.conditions.join(" and ")),
    };
    let (kind, standing) = (party.kind.name(), party.standing.name());
    let to = if to.is_empty() { String::new() } else { format!(", {to}: {}", party.resource) };
    writeln!(out, "outside   {} ({kind}, {standing}){to}", party.who)?;
    writeln!(out, "          {}\n          {}; {guard}", party.whom, cited(&party.evidence))
}
