"""The management account of an organization for the bill alone. Usage: billing.py ENDPOINT"""

from common import client, tell

organizations = client("organizations")
made = organizations.create_organization(FeatureSet="CONSOLIDATED_BILLING")
tell("organization", made["Organization"]["Id"])
made = organizations.create_account(Email="shop@example.com", AccountName="shop")
shop = made["CreateAccountStatus"]["AccountId"]
tell("shop", shop)

# GuardDuty is designated in both regions, and a database is where none should be.
for region in ("us-east-1", "eu-west-1"):
    client("guardduty", region).enable_organization_admin_account(AdminAccountId=shop)
client("rds").create_db_instance(
    DBInstanceIdentifier="orders",
    DBInstanceClass="db.t3.micro",
    Engine="postgres",
    AllocatedStorage=20,
    MasterUsername="root",
    MasterUserPassword="a-password",
)
