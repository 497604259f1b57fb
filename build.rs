//! Keeps the program running where the C library is older than that of the machine which builds it.

fn main() {
    println!("cargo::rerun-if-changed=src/glibc.c");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    // glibc 2.35 gave `hypotf` a new version; Amazon Linux 2023 has 2.34. Nothing else that is called is newer than 2.34.
    if target("OS") == "linux" && target("ENV") == "gnu" {
        // As an object: in an archive it would be looked for before those who call it are read.
        for object in cc::Build::new().file("src/glibc.c").compile_intermediates() {
            println!("cargo::rustc-link-arg-bins={}", object.display());
        }
        println!("cargo::rustc-link-arg-bins=-Wl,--wrap=hypotf");
    }
}
