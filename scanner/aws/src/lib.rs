//! Everything that knows AWS: sessions, regions, rate limits, recording, replay, collectors.
