//! `VERIFY.txt`: how an auditor checks the package without kickoff, and what that proves and does not.

use jiff::Timestamp;

use crate::seal::{Algorithm, VerifierKey};

/// The text for one package.
pub(crate) fn text(package: &str, run: &str, created: Timestamp, key: Option<&VerifierKey>) -> String {
    let signature = key.map_or_else(unsigned, signed);
    format!(
        "HOW TO CHECK THIS PACKAGE\n\n\
         Package  {package}\n\
         Run      {run}\n\
         Made     {created} (UTC), by the clock of who made it\n\n\
         Unpack the ZIP and open a terminal in the folder {package}, the one that holds\n\
         90_integrity. Every command below is run there. `kickoff verify` does all of this at once.\n\n\
         {FILES}{signature}{TIME}{CHAIN}{LIMITS}"
    )
}

const FILES: &str = "\
1. THE FILES ARE THOSE OF THE MANIFEST

Linux:
  sha256sum -c --quiet 90_integrity/MANIFEST.sha256
macOS:
  shasum -a 256 -c 90_integrity/MANIFEST.sha256
Windows (PowerShell):
  Get-Content 90_integrity\\MANIFEST.sha256 | ForEach-Object { $h, $n = $_ -split '  ', 2; if ((Get-FileHash -Algorithm SHA256 -LiteralPath $n).Hash -ne $h) { \"$n differs\" } }

No complaint means that every listed file is there and is byte for byte what was listed.
Files that were added are not noticed by these. This prints them (five files of 90_integrity are made
after the list and cannot be in it):
  cut -c67- 90_integrity/MANIFEST.sha256 | LC_ALL=C sort > ../listed.txt
  find . -type f | cut -c3- | grep -vxE '90_integrity/(MANIFEST.sha256|chain.jsonl|manifest.(sig|tsr|dsse.json))' | LC_ALL=C sort | LC_ALL=C comm -13 ../listed.txt -

";

fn unsigned() -> String {
    "\
2. THE PACKAGE IS NOT SIGNED

Step 1 shows that the files agree with the manifest, no more. Whoever can change a file can change the
manifest as well. Ask for a signed package, or get the SHA-256 of 90_integrity/MANIFEST.sha256 from the
entity by another way:
  sha256sum 90_integrity/MANIFEST.sha256

"
    .to_owned()
}

fn signed(key: &VerifierKey) -> String {
    let check = match key.algorithm() {
        Algorithm::Ed25519 => {
            "openssl pkeyutl -verify -pubin -inkey 90_integrity/signer.pub.pem -rawin -in ../note.txt -sigfile ../note.bin"
        }
        Algorithm::EcdsaP256 => {
            "openssl dgst -sha256 -verify 90_integrity/signer.pub.pem -signature ../note.bin ../note.txt"
        }
    };
    format!(
        "\
2. THE MANIFEST WAS SIGNED

90_integrity/manifest.sig is a signed note (c2sp.org/signed-note): a text, an empty line, the signature.
The key, as it was when the package was made:
  {key}
Get the key from the entity by another way than this package, and compare: a forger would put his own key
here. Then (openssl 3):
  sed '/^$/,$d' 90_integrity/manifest.sig > ../note.txt
  tail -n 1 90_integrity/manifest.sig | cut -d' ' -f3 | base64 -d | tail -c +5 > ../note.bin
  {check}
The text names the SHA-256 of the manifest, the chain, the time stamp and the statement; compare these with
the text (\"none\" means that there is no such file):
  cat ../note.txt
  cd 90_integrity && sha256sum MANIFEST.sha256 chain.jsonl; cd ..
Together with step 1 this shows that the package is the one that the holder of the key signed.

"
    )
}

const TIME: &str = "\
3. THE MANIFEST EXISTED AT A TIME

If there is a 90_integrity/manifest.tsr, a time-stamp authority (RFC 3161) saw the manifest. Get the
authority's root certificate from the authority itself, as tsa-root.pem beside the package's folder:
  openssl ts -verify -data 90_integrity/MANIFEST.sha256 -in 90_integrity/manifest.tsr -CAfile ../tsa-root.pem
  openssl ts -reply -in 90_integrity/manifest.tsr -text
This shows that the package was not changed after that time. If there is none, its time is the entity's word.

";

const CHAIN: &str = "\
4. NO EARLIER PACKAGE WAS TAKEN OUT

90_integrity/chain.jsonl has one line for each package, this one last. `previous` is the SHA-256 of the line
before it, its newline included; of line 1, for line 2:
  sed -n 1p 90_integrity/chain.jsonl | sha256sum
The last line names the SHA-256 of 90_integrity/MANIFEST.sha256. Compare the lines with the packages that
you were given before.

";

const LIMITS: &str = "\
WHAT THIS DOES NOT PROVE

All of this shows that the package is unchanged since the time of the stamp, and who signed it. It does not
show that the collector told the truth when it wrote the package. For that:
- look up request ids of request-ids.csv in the entity's own CloudTrail;
- where the run is kept in a store (`kickoff store`), find the calls that sealed it there. Each is an event
  GetCallerIdentity of sts.amazonaws.com whose userAgent begins with kickoff/, names the run, and carries
  unit/ with the SHA-256 of the account's unit.json, in that account, or seal/ with the SHA-256 of the run's
  link, in the account of the collector. unit.seal.json and chain/N.seal.json of the store have their request
  ids; where a trail with validation recorded them, AWS's digests sign that these bytes existed then;
- repeat calls under a role of your own, and compare the answers;
- tie the control totals of the populations to another source.
";
