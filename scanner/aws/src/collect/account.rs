//! The caller, the regions, and the account's contacts.

use aws_sdk_account::types::AlternateContactType;
use kickoff_facts::Observed;
use kickoff_facts::organization::{AlternateContacts, Caller, Contact, PrimaryContact, Region};

use super::ec2::{self, region_name};
use super::shared::text;
use crate::call::ask;
use crate::session::{Session, client};

families! {
    global AlternateContacts alternate_contacts = |session, _| alternate_contacts(session);
    global PrimaryContact primary_contact = |session, _| primary_contact(session);
}

/// Who asks, as evidence of its own.
pub(super) async fn caller(session: &Session) -> Observed<Caller> {
    let region = session.home_region();
    let sts = client!(aws_sdk_sts, session, region);
    session
        .one(ask("sts:GetCallerIdentity", region), |call| {
            sts.get_caller_identity().customize().interceptor(call).send()
        })
        .await
        .observed()
        .map(|out| Caller { account: text(out.account()), arn: text(out.arn()) })
}

/// Account Management tells every region of the partition and its state. Where it may not be asked, EC2 tells the same.
pub(super) async fn regions(session: &Session) -> Observed<Vec<Region>> {
    let home = session.home_region();
    let account = client!(aws_sdk_account, session, home);
    let listed = session
        .pages(ask("account:ListRegions", home), |token, call| {
            let request =
                account.list_regions().max_results(50).set_next_token(token).customize().interceptor(call).send();
            async {
                request.await.map(|out| {
                    let next = out.next_token().map(str::to_owned);
                    (out.regions.unwrap_or_default(), next)
                })
            }
        })
        .await
        .parse(|regions| {
            let mut names = regions.iter().map(|region| region.region_name().unwrap_or_default());
            names.try_for_each(region_name).map(|()| regions)
        })
        .observed()
        .map(|regions| {
            let mut regions: Vec<Region> = regions
                .iter()
                .map(|r| Region {
                    name: text(r.region_name()),
                    status: r.region_opt_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
                })
                .collect();
            regions.sort_by(|a, b| a.name.cmp(&b.name));
            regions
        });
    match listed {
        known @ Observed::Known { .. } => known,
        Observed::Unknown { .. } => ec2::regions(session).await,
    }
}

/// The three alternate contacts.
pub(super) async fn alternate_contacts(session: &Session) -> Observed<AlternateContacts> {
    let region = session.home_region();
    let account = client!(aws_sdk_account, session, region);
    let contact = async |kind: AlternateContactType| {
        let parameters = [("AlternateContactType", kind.as_str())];
        session
            .one(ask("account:GetAlternateContact", region).with(&parameters), |call| {
                account
                    .get_alternate_contact()
                    .alternate_contact_type(kind.clone())
                    .customize()
                    .interceptor(call)
                    .send()
            })
            .await
            .parse(|out| out.alternate_contact.ok_or_else(|| "it names no contact".to_owned()))
            .or_absent()
            .map(|found| {
                found.map(|c| Contact { name: text(c.name()), title: text(c.title()), email: text(c.email_address()) })
            })
    };
    let (security, operations, billing) = futures::join!(
        contact(AlternateContactType::Security),
        contact(AlternateContactType::Operations),
        contact(AlternateContactType::Billing)
    );
    Observed::Known { value: AlternateContacts { security, operations, billing }, evidence: Vec::new() }
}

/// The primary contact; its address and phone number are redacted before anything is stored.
pub(super) async fn primary_contact(session: &Session) -> Observed<PrimaryContact> {
    let region = session.home_region();
    let account = client!(aws_sdk_account, session, region);
    session
        .one(ask("account:GetContactInformation", region), |call| {
            account.get_contact_information().customize().interceptor(call).send()
        })
        .await
        .parse(|out| out.contact_information.ok_or_else(|| "it names no contact".to_owned()))
        .observed()
        .map(|c| PrimaryContact {
            full_name: c.full_name().to_owned(),
            company: c.company_name().map(str::to_owned),
            country: c.country_code().to_owned(),
        })
}
