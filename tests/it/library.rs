//! The walk as another program would call it: without arguments, a terminal or a process of its own.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kickoff::walk::news::{Listener, News, unheard};
use kickoff::walk::opened::Opened;
use kickoff::walk::package::Parts;
use kickoff::walk::record::from_run;
use kickoff::walk::{Failure, finish};
use kickoff_aws::{Nobody, Observer, Person};
use kickoff_checks::Selection;
use kickoff_engagement::Engagement;
use kickoff_evidence::{FolderLock, Run, RunState};

use crate::support::{acme, copy_folder};

/// Keeps what it hears.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Listener for Heard {
    fn hear(&self, news: News<'_>) {
        let text = match news {
            News::Waiting(folder) => format!("waiting for {}", folder.file_name().unwrap().display()),
            News::Finished { answers, state, .. } => format!("finished from {answers}, {state:?}"),
            News::ClockOff(_) | News::Recording(..) | News::Recorded | News::NotSealed { .. } | News::Carried(_) => {
                "something else".to_owned()
            }
        };
        self.0.lock().unwrap().push(text);
    }

    fn observer(&self) -> Observer {
        unheard()
    }

    fn person(&self) -> Arc<dyn Person> {
        Arc::new(Nobody)
    }
}

impl Heard {
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

#[test]
fn a_recorded_run_is_decided_again_and_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (selection, engagement, heard) = (Selection::of(&[], &[]).unwrap(), Engagement::default(), Heard::default());
    let recorded = from_run(&acme(), folder.path(), &selection, &engagement, &heard).unwrap();
    let own = Run::open(&recorded.folder).unwrap();
    assert_eq!(own.metadata, Run::open(&acme()).unwrap().metadata);
    let results = |run: &Path| fs::read(run.join("results.json")).unwrap();
    assert!(results(&recorded.folder) == results(&acme()));
    let opened = Opened::in_folder(folder.path(), engagement, "2026-11-23".parse().unwrap());
    assert!(Parts::of(&recorded.run, &opened, &recorded.replayed).unwrap().reperformed);
    assert_eq!(heard.all(), Vec::<String>::new());
}

#[test]
fn who_waits_for_a_folder_and_what_was_finished_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let runs = folder.path().join("runs");
    let run = runs.join("RUN-20261123T142926Z-9f25b58b");
    copy_folder(&acme(), &run);
    fs::remove_file(run.join("MANIFEST.sha256")).unwrap();
    let heard = Heard::default();
    let held = FolderLock::take(&runs, || {}).unwrap();
    let finished = std::thread::scope(|scope| {
        let finishing = scope.spawn(|| finish::open(&run, &Engagement::default(), &heard).unwrap());
        while heard.all().is_empty() && !finishing.is_finished() {
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(held);
        finishing.join().unwrap()
    });
    assert_eq!(finished.metadata.state, RunState::Complete);
    let answers = finished.archive("111122223333").unwrap().len();
    assert_eq!(heard.all(), ["waiting for runs".to_owned(), format!("finished from {answers}, Complete")]);
}

#[test]
fn a_folder_that_is_no_run_is_a_failure_and_no_end_of_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let failed = finish::open(folder.path(), &Engagement::default(), &Heard::default()).unwrap_err();
    assert!(matches!(&failed, Failure::Usage(why) if why.ends_with("is not a run: it has no run.json")), "{failed}");
}
