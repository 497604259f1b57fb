"""Buckets that hold a store, and what other people do in them.

Usage: store_bucket.py ENDPOINT                          makes the buckets
       store_bucket.py ENDPOINT versions BUCKET          a line for each version and delete marker: key, what it is, its id
       store_bucket.py ENDPOINT about BUCKET KEY         a line for each header that tells how an object is kept
       store_bucket.py ENDPOINT overwrite BUCKET KEY     puts another content on top
       store_bucket.py ENDPOINT delete BUCKET KEY        deletes it, without naming a version
"""

import sys

import boto3


def client(service, region="us-east-1"):
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=sys.argv[1],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


s3 = client("s3")


def make():
    # As the recommended template makes one: versions, and a default retention that nobody but a few may shorten.
    s3.create_bucket(Bucket="acme-locked", ObjectLockEnabledForBucket=True)
    s3.put_object_lock_configuration(
        Bucket="acme-locked",
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 400}},
        },
    )
    # Neither versions nor a lock.
    s3.create_bucket(Bucket="acme-plain")
    # Encrypted with a key of its own.
    s3.create_bucket(Bucket="acme-encrypted")
    s3.put_bucket_versioning(Bucket="acme-encrypted", VersioningConfiguration={"Status": "Enabled"})
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    s3.put_bucket_encryption(
        Bucket="acme-encrypted",
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
                    "BucketKeyEnabled": True,
                }
            ]
        },
    )
    # In another region than the one that the tests are set to.
    client("s3", "eu-west-1").create_bucket(
        Bucket="acme-abroad", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    s3.put_bucket_versioning(Bucket="acme-abroad", VersioningConfiguration={"Status": "Enabled"})


def versions(bucket):
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for name, what in (("Versions", "content"), ("DeleteMarkers", "marker")):
            for entry in page.get(name, []):
                print(entry["Key"], what, entry["VersionId"], sep="\t")


def about(bucket, key):
    answer = s3.head_object(Bucket=bucket, Key=key)
    for name in ("ContentType", "ObjectLockMode", "ServerSideEncryption"):
        if name in answer:
            print(name, answer[name], sep="\t")


def overwrite(bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=b"something else\n")


def delete(bucket, key):
    s3.delete_object(Bucket=bucket, Key=key)


if len(sys.argv) > 2:
    {"versions": versions, "about": about, "overwrite": overwrite, "delete": delete}[sys.argv[2]](*sys.argv[3:])
else:
    make()
