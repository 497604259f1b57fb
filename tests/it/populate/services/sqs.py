"""Queues, with alarms on their length and age and without. Usage: sqs.py ENDPOINT"""

from common import alarm, client

EUROPE = "eu-west-1"
# The metric of each one's alarm and what is particular about the alarm; none has no alarm.
QUEUES = {
    "old": ("ApproximateAgeOfOldestMessage", {}),
    "long": ("ApproximateNumberOfMessagesVisible", {}),
    "in-flight": ("ApproximateNumberOfMessagesNotVisible", {}),
    "delayed": ("ApproximateNumberOfMessagesDelayed", {}),
    "sent": ("NumberOfMessagesSent", {}),
    "idle": ("ApproximateAgeOfOldestMessage", {"AlarmActions": []}),
    "muted": ("ApproximateAgeOfOldestMessage", {"ActionsEnabled": False}),
    "misnamed": ("ApproximateAgeOfOldestMessage", {"Namespace": "App"}),
    "elsewhere": None,
    "dead": None,
}
sqs = client("sqs")
for name, watch in QUEUES.items():
    sqs.create_queue(QueueName=name)
    if watch:
        metric, more = watch
        alarm(name, "AWS/SQS", metric, "QueueName", name, **more)
sqs.create_queue(QueueName="orders.fifo", Attributes={"FifoQueue": "true"})
alarm("orders", "AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "orders.fifo")

# In Europe a queue without an alarm, and an alarm on a queue that is not here.
client("sqs", EUROPE).create_queue(QueueName="alone")
alarm("elsewhere", "AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "elsewhere", EUROPE)
