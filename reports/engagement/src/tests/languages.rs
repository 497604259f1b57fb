//! Names of files in German, French, Spanish and Dutch, and the names that a company gives its files itself.

use super::*;
use crate::documents::{Dropped, match_names};
use crate::requests::default_list;

fn dropped(files: &[&str], engagement: &Engagement) -> Dropped {
    match_names(&files.iter().map(|&file| file.to_owned()).collect::<Vec<_>>(), &default_list(), engagement)
}

/// The request of a file that is alone, where it has one.
fn request(file: &str) -> Option<String> {
    let found = dropped(&[file], &Engagement::default());
    found.matched.into_iter().next().map(|one| one.request)
}

#[test]
fn names_in_four_languages_find_their_requests() {
    let wanted = [
        ("Informationssicherheitsrichtlinie 2026.pdf", "GEN-08"),
        ("INFORMATIONSSICHERHEITSRICHTLINIE_V3.PDF", "GEN-08"),
        ("Leitlinie zur Informationssicherheit - unterschrieben.pdf", "GEN-08"),
        ("IT-Sicherheitsrichtlinie.docx", "GEN-08"),
        ("Richtlinie Zugriffskontrolle 2026 final.docx", "IAM-01"),
        ("Zugriffskontrollrichtlinie.pdf", "IAM-01"),
        ("Berechtigungskonzept.docx", "IAM-01"),
        ("Notfallhandbuch.pdf", "BCP-01"),
        ("Notfallplan_BCM.pdf", "BCP-01"),
        ("Notfallplan", "BCP-01"),
        ("Löschkonzept.docx", "CNF-02"),
        ("Loeschkonzept.docx", "CNF-02"),
        ("Lo\u{308}schkonzept.docx", "CNF-02"),
        ("LOSCHKONZEPT.docx", "CNF-02"),
        ("Lieferantenverzeichnis.xlsx", "VEN-01"),
        ("Dienstleisterübersicht 2026.xlsx", "VEN-01"),
        ("Organigramm_2026.pptx", "GEN-06"),
        ("Änderungsmanagement-Richtlinie.pdf", "CHG-01"),
        ("Risikoregister.xlsx", "GEN-10"),
        ("Risikobewertung 2026.xlsx", "GEN-10"),
        ("Austrittsliste 2026.xlsx", "HR-02"),
        ("Schulungsnachweise Awareness.pdf", "HR-04"),
        ("Protokoll Gesellschafterversammlung Q3.pdf", "GEN-07"),
        ("Protokoll der Geschäftsführung 3. Quartal 2026.pdf", "GEN-07"),
        ("Netzwerkdiagramm Produktion.vsdx", "GEN-04"),
        ("Wiederherstellungstest 2026-08.pdf", "BCP-04"),
        ("Zugriffsüberprüfung GitHub Q3 2026.xlsx", "IAM-12"),
        ("Verschlüsselungsrichtlinie v1.2.pdf", "ENC-01"),
        ("Schwachstellenmanagement-Richtlinie.pdf", "VUL-01"),
        ("Vertraulichkeitsvereinbarung Max Mustermann.pdf", "HR-03"),
        ("Politique de sécurité de l'information v2.docx", "GEN-08"),
        ("Politique de sécurité de l’information v2.docx", "GEN-08"),
        ("Politique_de_se\u{301}curite\u{301}_de_l_information.docx", "GEN-08"),
        ("POLITIQUE DE SECURITE DES SYSTEMES D'INFORMATION.pdf", "GEN-08"),
        ("Politique de contrôle d'accès.docx", "IAM-01"),
        ("Plan de continuité d'activité.pdf", "BCP-01"),
        ("Registre des risques.xlsx", "GEN-10"),
        ("Organigramme.pdf", "GEN-06"),
        ("Rapport de test d'intrusion.pdf", "VUL-05"),
        ("Rapport de test d'intrusion Société Générale 2026.pdf", "VUL-05"),
        ("Compte-rendu du conseil d'administration T3 2026.pdf", "GEN-07"),
        ("Procès-verbal comité de direction octobre 2026.pdf", "GEN-07"),
        ("Revue des habilitations 3e trimestre 2026.xlsx", "IAM-12"),
        ("Liste des fournisseurs.xlsx", "VEN-01"),
        ("Plan de réponse aux incidents de sécurité.pdf", "INC-01"),
        ("Politique de chiffrement.pdf", "ENC-01"),
        ("Política de Seguridad de la Información.pdf", "GEN-08"),
        ("Política de respuesta a incidentes.pdf", "INC-01"),
        ("Plan de respuesta a incidentes.docx", "INC-01"),
        ("Registro de proveedores.xlsx", "VEN-01"),
        ("POLITICA DE CONTROL DE ACCESOS.pdf", "IAM-01"),
        ("Plan de continuidad del negocio.pdf", "BCP-01"),
        ("Informe de prueba de penetración 2026.pdf", "VUL-05"),
        ("Organigrama.pdf", "GEN-06"),
        ("Acta de la junta directiva 2026-09.pdf", "GEN-07"),
        ("Prueba de restauración de copias de seguridad.pdf", "BCP-04"),
        ("Código de conducta.pdf", "GEN-09"),
        ("Política de desarrollo seguro.pdf", "CHG-01"),
        ("Beveiligingsbeleid.pdf", "GEN-08"),
        ("Informatiebeveiligingsbeleid 2026.pdf", "GEN-08"),
        ("Toegangsbeleid.pdf", "IAM-01"),
        ("Bedrijfscontinuïteitsplan.docx", "BCP-01"),
        ("Incidentresponsplan.pdf", "INC-01"),
        ("Leverancierslijst.xlsx", "VEN-01"),
        ("Organogram.pdf", "GEN-06"),
        ("Notulen directievergadering Q3 2026.pdf", "GEN-07"),
        ("Penetratietest rapport 2026.pdf", "VUL-05"),
        ("Risicoregister.xlsx", "GEN-10"),
        ("Wijzigingsbeheerbeleid.pdf", "CHG-01"),
        ("Toegangsbeoordeling 3e kwartaal 2026.xlsx", "IAM-12"),
    ];
    let found = wanted.map(|(file, _)| (file, request(file).unwrap_or_default()));
    let wrong: Vec<_> = found.iter().zip(wanted).filter(|((_, found), (_, id))| found != id).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_about_something_else_is_matched_to_nothing() {
    let files = [
        "Plan.pdf",
        "Richtlinie.docx",
        "Konzept 2026.pdf",
        "Politique.pdf",
        "Registre.xlsx",
        "Beleid.pdf",
        "Protokoll Q3.pdf",
        "Liste.xlsx",
        "Physische Sicherheitsrichtlinie.pdf",
        "Netzwerksicherheitsrichtlinie.pdf",
        "Richtlinie Sicherheit mobiler Geräte.pdf",
        "Informationssicherheitsrichtlinie für Lieferanten.pdf",
        "Datenschutzrichtlinie.pdf",
        "Passwortrichtlinie.pdf",
        "Reisekostenrichtlinie.pdf",
        "Zutrittskontrollrichtlinie.pdf",
        "Lieferkettenverzeichnis.xlsx",
        "Arbeitssicherheit Schulung.pdf",
        "Sicherheitsschulung Gabelstapler.pdf",
        "Angebot Penetrationstest.pdf",
        "Rechnung Penetrationstest 2026.pdf",
        "Evakuierungsplan.pdf",
        "Sitzungsprotokoll Betriebsrat.pdf",
        "Krankenversicherung.pdf",
        "Politique de sécurité physique.pdf",
        "Politique de confidentialité.pdf",
        "Politique de voyage.pdf",
        "Code de conduite des fournisseurs.pdf",
        "Devis test d'intrusion.pdf",
        "Plan d'évacuation incendie.pdf",
        "Plan d'action.xlsx",
        "Política de privacidad.pdf",
        "Política de seguridad física.pdf",
        "Plan de respuesta a incidentes medioambientales.pdf",
        "Plan de negocio.pdf",
        "Presupuesto prueba de penetración.pdf",
        "Privacybeleid.pdf",
        "Wachtwoordbeleid.pdf",
        "Fysieke beveiliging beleid.pdf",
        "Reisbeleid.pdf",
        "Offerte penetratietest.pdf",
        "Ontruimingsplan.pdf",
        "Vorlage Berechtigungskonzept.docx",
        "Richtlinienvorlage Informationssicherheit.docx",
        "Modèle de plan de continuité d'activité.docx",
        "Plantilla plan de respuesta a incidentes.docx",
        "Sjabloon toegangsbeleid.docx",
        "Wiederherstellungstest - nicht durchgeführt.txt",
    ];
    let found = files.map(|file| dropped(&[file], &Engagement::default()));
    let wrong: Vec<_> = found.iter().filter(|found| found.unmatched.len() != 1).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_in_a_language_belong_together_as_english_ones_do() {
    let none = Engagement::default();
    let found =
        dropped(&["Zugriffsüberprüfung 3. Quartal 2026.xlsx", "Zugriffsu\u{308}berpru\u{308}fung_Q4_2026.xlsx"], &none);
    let told: Vec<_> =
        found.grouped.iter().map(|one| (one.request.as_str(), one.time.as_ref().unwrap().name.as_str())).collect();
    assert_eq!(told, [("IAM-12", "2026-Q3"), ("IAM-12", "2026-Q4")]);
    // Two of the documents that one request asks for, with their titles as they stand.
    let found = dropped(&["Netzwerkdiagramm.pdf", "Datenflussdiagramm.pdf"], &none);
    let told: Vec<_> = found.grouped.iter().map(|one| (one.request.as_str(), one.title.as_deref().unwrap())).collect();
    assert_eq!(told, [("GEN-04", "Netzwerkdiagramm"), ("GEN-04", "Datenflussdiagramm")]);
    // Two versions of a policy; a draft never outranks what is in force; two names of one document are for a person.
    let found = dropped(&["Politique de sécurité v1.pdf", "Politique de sécurité v2.pdf"], &none);
    assert_eq!((found.grouped.len(), found.contested.len()), (2, 0));
    let found = dropped(&["Notfallplan.pdf", "Notfallplan Entwurf.docx"], &none);
    assert_eq!((found.matched.len(), found.contested.len()), (1, 1), "{found:?}");
    assert_eq!(found.matched[0].file, "Notfallplan.pdf");
    let found = dropped(&["Beveiligingsbeleid.pdf", "Beveiligingsbeleid.docx"], &none);
    assert_eq!(found.contested.len(), 2);
}

#[test]
fn names_of_the_entity_and_of_its_vendors_say_nothing() {
    let file = "[entity]\nname = \"Müller & Söhne GmbH\"\nsystem = \"Warenkorb\"\n";
    let own = parse(file).unwrap();
    for name in ["Informationssicherheitsrichtlinie Müller und Söhne.pdf", "Organigramm_Mueller_Soehne_2026.pdf"] {
        assert_eq!(dropped(&[name], &own).matched.len(), 1, "{name}");
        assert_eq!(dropped(&[name], &Engagement::default()).matched.len(), 0, "{name}: whose, nobody knows");
    }
}

const NAMED: &str = r#"[[requests]]
id = "GEN-08"
names = ["Sicherheitshandbuch", "Access control policy of the group"]
[[requests]]
id = "IAM-01"
names = ["Blaues Buch"]
"#;

#[test]
fn what_the_company_calls_its_files_counts_first() {
    let own = parse(NAMED).unwrap();
    let of = |file: &str| dropped(&[file], &own).matched.first().map(|one| one.request.clone());
    assert_eq!(of("Sicherheitshandbuch_2026-v2.PDF").as_deref(), Some("GEN-08"));
    assert_eq!(of("blaues-buch (2).docx").as_deref(), Some("IAM-01"));
    assert_eq!(of("Blaue Bücher.docx"), None);
    // It outranks ours, and what it does not say stays ours.
    assert_eq!(of("Access Control Policy of the Group.pdf").as_deref(), Some("GEN-08"));
    assert_eq!(of("Access Control Policy.pdf").as_deref(), Some("IAM-01"));
    assert_eq!(of("Sicherheitshandbuch/Teil 1.pdf").as_deref(), Some("GEN-08"), "a folder by its name");
    let both = dropped(&["Sicherheitshandbuch und Blaues Buch.pdf"], &own);
    assert_eq!(both.matched[0].request, "IAM-01", "of two names the one with more words");
}

#[test]
fn two_requests_with_one_name_are_a_problem() {
    let error = parse(&NAMED.replace("Blaues Buch", "sicherheits-handbuch\", \"SICHERHEITSHANDBUCH")).unwrap_err();
    assert_eq!(
        error,
        "kickoff.toml, line 6: `requests.names`: `SICHERHEITSHANDBUCH` is a name of request GEN-08 too: a file called so would be for both"
    );
    let error = parse(&NAMED.replace("Blaues Buch", "--")).unwrap_err();
    assert!(error.contains("`--` has no word by which a file could be known"), "{error}");
}

#[test]
fn each_name_of_the_data_is_one_of_a_request() {
    let text = include_str!("../../data/names_in_languages.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let known: Vec<String> = default_list().into_iter().flat_map(|request| request.names).collect();
    let (mut count, mut lost) = (0, Vec::new());
    for record in reader.records() {
        let record = record.unwrap();
        assert_eq!(record.len(), 4, "{record:?}");
        assert!(["de", "fr", "es", "nl"].contains(&&record[0]), "{record:?}");
        assert!(["name", "same", "form", "harmless", "other"].contains(&&record[1]), "{record:?}");
        if &record[1] == "name" {
            assert!(known.contains(&record[2].to_owned()), "{}: no request has this name", &record[2]);
            count += 1;
            for name in record[3].split('|') {
                let name = name.trim_start_matches('+');
                if request(&format!("{name}.pdf")).is_none() {
                    lost.push(format!("{name} in {}", &record[0]));
                }
            }
        }
    }
    assert!(count > 150, "{count}");
    assert!(lost.is_empty(), "names that are not read as themselves: {lost:#?}");
}
