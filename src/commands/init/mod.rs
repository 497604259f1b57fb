//! `kickoff init`: a first kickoff.toml, from what people answer and from what can be found out.

mod found;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use found::{NEEDS, found};
use kickoff::walk::Failure;
use kickoff::walk::live::{Live, live};
use kickoff::walk::replay::replay;
use kickoff::walk::scratch;
use kickoff_checks::Selection;
use kickoff_engagement::init::{Answers, Found, Owner, render};
use kickoff_engagement::{CATEGORIES, Engagement, ReportType, Scope, nearest};
use kickoff_evidence::Run;

use crate::cli::{InitArgs, TypeName, day};
use crate::exit::Exit;
use crate::terminal::files::save;
use crate::terminal::{Terminal, streams};

pub(crate) fn run(arguments: &InitArgs) -> Result<Exit, Failure> {
    let mut answers = given(arguments)?;
    let there = arguments.config.exists();
    let asks = !arguments.yes && io::stdin().is_terminal() && console::Term::stderr().is_term();
    if there && !asks && !arguments.yes {
        return Err(Failure::Usage(format!(
            "{} is there already: with --yes it is replaced, and kept beside as a backup",
            arguments.config.display()
        )));
    }
    let terminal = console::Term::stderr();
    if asks && there {
        let question =
            format!("{} is there already; replace it, and keep a backup? [y/N] ", arguments.config.display());
        terminal.write_str(&question)?;
        if !matches!(terminal.read_line()?.trim(), "y" | "Y" | "yes") {
            return Err(Failure::Usage(format!("{} stays as it is", arguments.config.display())));
        }
    }
    // Before anybody is asked: credentials that do not work cost no answers.
    let found = find(arguments)?;
    tell(&found)?;
    if asks {
        let mut ask = |question: &str| {
            terminal.write_str(question)?;
            terminal.read_line()
        };
        writeln!(streams::problems(), "\nNow what only you know; Enter leaves a question open.")?;
        questions(&mut answers, &mut ask)?;
    }
    let text = render(&answers, &found);
    // What would not be read back is not written.
    Engagement::parse(&arguments.config, &text).map_err(|error| Failure::usage(&error))?;
    tell_open(&answers)?;
    let others = found.accounts.iter().filter(|account| !account.own).count();
    if others > 0 {
        let what = "name the role that a scan enters them with, as `role` under [scope] or with each account";
        writeln!(streams::problems(), "Accounts besides that of the credentials: {others}; {what}")?;
    }
    save(&arguments.config, text.as_bytes())?;
    writeln!(
        streams::problems(),
        "Next:    kickoff check-config, then kickoff scan, kickoff readiness and kickoff report --brief"
    )?;
    Ok(Exit::Done)
}

/// What the flags say.
fn given(arguments: &InitArgs) -> Result<Answers, Failure> {
    let wrong = |what: &str| Err(Failure::Usage(what.to_owned()));
    let period = arguments.from.zip(arguments.to);
    let report = match (arguments.kind, arguments.as_of, period) {
        (Some(TypeName::Type1), _, Some(_)) => {
            return wrong("a Type 1 report has --as-of, and neither --from nor --to");
        }
        (Some(TypeName::Type2), Some(_), _) => return wrong("a Type 2 report has --from and --to, and no --as-of"),
        (Some(TypeName::Type1), ..) | (None, Some(_), _) => Some(ReportType::Type1),
        (Some(TypeName::Type2), ..) | (None, None, Some(_)) => Some(ReportType::Type2),
        (None, None, None) => None,
    };
    if let Some((from, to)) = period.filter(|(from, to)| to < from) {
        return Err(Failure::Usage(format!("the period ends on {to}, before it begins on {from}")));
    }
    let mut categories = Vec::new();
    for category in &arguments.categories {
        let (name, reason) = category.split_once('=').unwrap_or((category, ""));
        categories.push((self::category(name).map_err(Failure::Usage)?, reason.trim().to_owned()));
    }
    let owner = arguments.owner.clone().map(|name| Owner {
        name,
        role: arguments.owner_role.clone().unwrap_or_default(),
        email: None,
    });
    Ok(Answers {
        entity: arguments.entity.clone(),
        system: arguments.system.clone(),
        report,
        as_of: arguments.as_of,
        period,
        categories,
        auditor: arguments.auditor.clone(),
        kickoff: arguments.kickoff,
        owner,
    })
}

/// The category of a name, however it is capitalised.
fn category(name: &str) -> Result<String, String> {
    let known = CATEGORIES.into_iter().find(|known| known.eq_ignore_ascii_case(name.trim()));
    known.map(str::to_owned).ok_or_else(|| {
        let near = nearest(name.trim(), CATEGORIES.into_iter());
        let near = if near.is_empty() { format!(": there are {}", CATEGORIES.join(", ")) } else { near };
        format!("there is no category {:?}{near}", name.trim())
    })
}

/// Asks for what no flag said. An empty answer leaves it open.
fn questions(answers: &mut Answers, ask: &mut dyn FnMut(&str) -> io::Result<String>) -> io::Result<()> {
    let mut text = |question: &str| -> io::Result<Option<String>> {
        let answer = ask(question)?;
        Ok(Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty()))
    };
    if answers.entity.is_none() {
        answers.entity = text("Legal name of the entity: ")?;
    }
    if answers.system.is_none() {
        answers.system = text("System that the report describes: ")?;
    }
    if answers.report.is_none() {
        let kind = until(&mut text, "Type of the report, 1 (a day) or 2 (a period): ", |answer| match answer {
            "1" => Ok(ReportType::Type1),
            "2" => Ok(ReportType::Type2),
            _ => Err("1 or 2".to_owned()),
        })?;
        answers.report = kind;
    }
    match answers.report {
        Some(ReportType::Type1) if answers.as_of.is_none() => {
            answers.as_of = until(&mut text, "As of which day, such as 2026-03-31: ", day)?;
        }
        Some(ReportType::Type2) if answers.period.is_none() => {
            if let Some(from) = until(&mut text, "First day of the period, such as 2026-01-01: ", day)? {
                let last = |answer: &str| match day(answer)? {
                    to if to < from => Err(format!("it begins on {from}")),
                    to => Ok(to),
                };
                let to = until(&mut text, "Its last day: ", last)?;
                answers.period = to.map(|to| (from, to));
            }
        }
        _ => {}
    }
    if answers.categories.is_empty() {
        let question = "A category besides Security (Availability, Confidentiality, Processing Integrity, Privacy), Enter for none: ";
        let question = |more: bool| if more { "Another one, Enter for none: " } else { question };
        while let Some(name) = until(&mut text, question(!answers.categories.is_empty()), category)? {
            let reason = text("Why it is chosen: ")?.unwrap_or_default();
            answers.categories.retain(|(known, _)| *known != name);
            answers.categories.push((name, reason));
        }
        // That there is no other is an answer too.
        if answers.categories.is_empty() {
            answers.categories.push(("Security".to_owned(), String::new()));
        }
    }
    if answers.auditor.is_none() {
        answers.auditor = text("The auditor's firm: ")?;
    }
    if answers.kickoff.is_none() {
        answers.kickoff = until(&mut text, "Day of the kick-off: ", day)?;
    }
    if answers.owner.is_none()
        && let Some(name) = text("Who answers for the engagement (full name): ")?
    {
        let role = text("Their role: ")?.unwrap_or_default();
        answers.owner = Some(Owner { name, role, email: text("Their e-mail address: ")? });
    }
    Ok(())
}

/// Asks until the answer can be used, or is empty.
fn until<T>(
    text: &mut dyn FnMut(&str) -> io::Result<Option<String>>,
    question: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> io::Result<Option<T>> {
    let mut again = question.to_owned();
    loop {
        let Some(answer) = text(&again)? else { return Ok(None) };
        match read(&answer) {
            Ok(value) => return Ok(Some(value)),
            Err(why) => again = format!("{answer:?} cannot be used: {why}\n{question}"),
        }
    }
}

/// Finds out what can be found out: from a recorded run, or from AWS where there are credentials.
fn find(arguments: &InitArgs) -> Result<Found, Failure> {
    if arguments.offline {
        return Ok(Found { gaps: vec!["AWS was not asked (--offline)".to_owned()], ..Found::default() });
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if let Some(path) = &arguments.replay {
        let run = Arc::new(Run::open(path).map_err(|error| Failure::usage(&error))?);
        return runtime.block_on(replay(&run, NEEDS))?.facts.each(|all| found(&all.collect::<Vec<_>>()));
    }
    // What is asked here is no evidence of anything: the run is not kept.
    let scratch = scratch::folder()?;
    let asked = runtime.block_on(ask(arguments, scratch.path()));
    match asked {
        Ok(found) => Ok(found),
        // Credentials that were named have to work; without them the file is written all the same.
        Err(failure) if arguments.profile.is_some() => Err(failure),
        Err(failure) => Ok(Found { gaps: vec![failure.to_string()], ..Found::default() }),
    }
}

async fn ask(arguments: &InitArgs, scratch: &Path) -> Result<Found, Failure> {
    let wanted = Live {
        scope: &Scope::default(),
        selection: &Selection(Vec::new()),
        profile: arguments.profile.as_deref(),
        accounts: &[],
        regions: &[],
        out: scratch,
        concurrency: 24,
    };
    live(&wanted, NEEDS, &Terminal::live()).await?.facts.each(|all| found(&all.collect::<Vec<_>>()))
}

/// What was found.
fn tell(found: &Found) -> io::Result<()> {
    let mut words = streams::problems();
    let accounts: Vec<String> = found
        .accounts
        .iter()
        .map(|account| match &account.name {
            Some(name) => format!("{} ({name})", account.id),
            None => account.id.clone(),
        })
        .collect();
    for (what, names) in [
        ("Organization", found.organization.clone().into_iter().collect()),
        ("Accounts", accounts),
        ("Regions in use", found.regions.clone()),
        ("Services in use", found.services.clone()),
    ] {
        if !names.is_empty() {
            writeln!(words, "{what}: {}", names.join(", "))?;
        }
    }
    for gap in &found.gaps {
        writeln!(words, "Not found out: {gap}")?;
    }
    Ok(())
}

/// What is left open.
fn tell_open(answers: &Answers) -> io::Result<()> {
    let report = match answers.report {
        Some(ReportType::Type1) => answers.as_of.is_some(),
        Some(ReportType::Type2) => answers.period.is_some(),
        None => false,
    };
    let open: Vec<&str> = [
        ("--entity", answers.entity.is_some()),
        ("--system", answers.system.is_some()),
        ("--type with its day or period", report),
        ("--auditor", answers.auditor.is_some()),
        ("--kickoff", answers.kickoff.is_some()),
        ("--owner", answers.owner.is_some()),
    ]
    .into_iter()
    .filter_map(|(flag, there)| (!there).then_some(flag))
    .collect();
    if !open.is_empty() {
        writeln!(streams::problems(), "Left open, as comments: {}", open.join(", "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Answers questions in turn; the last one leaves everything else open.
    fn answered(answers: &[&str]) -> Answers {
        let mut left = answers.iter();
        let mut asked = Answers::default();
        questions(&mut asked, &mut |_| Ok(left.next().copied().unwrap_or_default().to_owned())).unwrap();
        asked
    }

    #[test]
    fn what_cannot_be_used_is_asked_again_and_nothing_leaves_it_open() {
        let asked = answered(&[
            " Acme Ltd ",
            "Shop",
            "3",
            "2",
            "soon",
            "2026-01-01",
            "2025-01-01",
            "2026-06-30",
            "Availabilty",
            "availability",
            "Contracts promise it.",
            "",
            "Prudent LLP",
        ]);
        assert_eq!((asked.entity.as_deref(), asked.system.as_deref()), (Some("Acme Ltd"), Some("Shop")));
        assert_eq!(
            (asked.report, asked.period),
            (Some(ReportType::Type2), Some((date(2026, 1, 1), date(2026, 6, 30))))
        );
        assert_eq!(asked.categories, [("Availability".to_owned(), "Contracts promise it.".to_owned())]);
        assert_eq!((asked.auditor.as_deref(), asked.kickoff, asked.owner), (Some("Prudent LLP"), None, None));
        let nothing = answered(&[]);
        assert_eq!(nothing.categories, [("Security".to_owned(), String::new())], "no other is an answer");
        assert_eq!(Answers { categories: Vec::new(), ..nothing }, Answers::default());
    }

    #[test]
    fn what_a_flag_said_is_not_asked() {
        let mut asked = Vec::new();
        let mut answers = Answers {
            entity: Some("Acme".to_owned()),
            report: Some(ReportType::Type1),
            kickoff: Some(date(2026, 1, 12)),
            ..Answers::default()
        };
        questions(&mut answers, &mut |question| {
            asked.push(question.to_owned());
            Ok(String::new())
        })
        .unwrap();
        let begins: Vec<&str> = asked.iter().map(|q| q.split([' ', ':']).next().unwrap()).collect();
        assert_eq!(begins, ["System", "As", "A", "The", "Who"]);
    }
}
