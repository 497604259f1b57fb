//! A moto server: the AWS API on loopback, from PyPI, in a virtual environment under the target folder, with what it lacks.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

const MOTO: &str = "moto[server]==5.2.5";

/// The virtual environment's interpreter; made on first use, by one process at a time.
pub fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moto-5.2.5");
        let (python, ready) = (folder.join("bin/python"), folder.join("ready"));
        let lock = fs::File::create(folder.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        if !ready.exists() {
            let run = |command: &mut Command| {
                let output = command.output().expect("python3 is needed for the tests");
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            };
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
            run(Command::new(&python).args(["-m", "pip", "install", "--quiet", MOTO, "boto3"]));
            fs::File::create(&ready).unwrap().write_all(MOTO.as_bytes()).unwrap();
        }
        python
    })
}

/// A server of its own for one test; ends with it.
pub struct Moto {
    child: Child,
    pub endpoint: String,
}

impl Moto {
    /// A server of one account, whoever asks.
    pub fn start() -> Self {
        Self::with(&[("MOTO_ACCOUNT_ID", "111122223333")])
    }

    /// A server of many accounts: the keys that assuming a role gives say which; unknown keys are 123456789012's.
    pub fn of_many_accounts() -> Self {
        Self::with(&[])
    }

    /// Starts moto, which takes a port of its own and says which.
    fn with(variables: &[(&str, &str)]) -> Self {
        let server = super::root().join("tests/it/support/moto_server.py");
        let child = Command::new(python())
            .arg("-B")
            .arg(server)
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .env("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Ends with the test from here on, whatever it says.
        let mut moto = Self { child, endpoint: String::new() };
        let lines = BufReader::new(moto.child.stdout.take().unwrap()).lines();
        let (tell, told) = mpsc::channel();
        // Whatever it prints later is read as well, and dropped.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(tell.send(line))));
        let line = told.recv_timeout(Duration::from_secs(120)).expect("moto did not start");
        let port: u16 = line.parse().expect("a port");
        moto.endpoint = format!("http://127.0.0.1:{port}");
        moto
    }

    /// Runs a population script against the server and gives what it printed.
    pub fn populate(&self, script: &str) -> String {
        let path = super::root().join("tests/it/populate").join(script);
        // -B: what scripts share is not compiled into the source tree.
        let output = Command::new(python()).arg("-B").arg(path).arg(&self.endpoint).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// kickoff with this server in place of AWS.
    pub fn kickoff(&self) -> Command {
        let mut command = super::kickoff();
        command
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIplantedSECRETKEYinTheEnviron")
            .env("AWS_SESSION_TOKEN", "FwoGZXIvYXdzPlantedSessionToken0123456789")
            .env("AWS_REGION", "us-east-1");
        command
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
