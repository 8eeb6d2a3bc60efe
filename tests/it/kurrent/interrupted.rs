//! A server that signs is killed between its signature and the end: what was published stays, and nothing else was.
use super::double::{Call, Double, Fault};
use super::fencing::{FOREVER, line, sizes};
use super::replicas::{admit, connect, signed_for};
use crate::program::{self, Served};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

fn serve(double: &Double, data: &Path, key: &str) -> Served {
    program::serve(data, &["--log", &double.url(), "--notary-key", key])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_whose_signer_was_killed_is_published_by_all_or_by_nobody() {
    // It is killed before the server has it, and after.
    for (fault, is_there) in [(Fault::Unavailable, false), (Fault::LostAnswer, true)] {
        let (double, dir) = (Double::start(), tempfile::tempdir().unwrap());
        let (data, key) = (dir.path().join("data"), dir.path().join("notary.key"));
        let key = key.to_str().unwrap();
        let made =
            program::pactline(dir.path(), &["keys", "generate", key, "--name", "pact.example.org/shared"]);
        assert_eq!(made.code, 0, "{}", made.err);
        let served = serve(&double, &data, key);
        let first = admit(connect(&served).await, "ONE", Uuid::from_u128(1)).await.unwrap().position;
        signed_for(&served, first.unwrap()).await;
        // The event is recorded; what follows is its checkpoint.
        let (stuck, mut asked) = (Arc::new(AtomicBool::new(false)), 0);
        double.goes_wrong({
            let stuck = stuck.clone();
            move |call| match call == Call::Append {
                true => {
                    asked += 1;
                    stuck.fetch_or(asked > 2, Ordering::SeqCst);
                    [Fault::None, fault].get(asked - 1).copied().unwrap_or(Fault::Hang)
                }
                false => Fault::None,
            }
        });
        let second = admit(connect(&served).await, "TWO", Uuid::from_u128(2)).await.unwrap().position;
        let began = Instant::now();
        while !stuck.load(Ordering::SeqCst) {
            assert!(began.elapsed() < FOREVER, "nothing is published");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        served.end("KILL");
        let before = line(&double);
        assert_eq!(sizes(&before).last(), Some(&if is_there { 2 } else { 1 }));
        let kept = std::fs::read_to_string(data.join("audit/checkpoints")).unwrap();
        assert!(kept.contains("\n1\n") && !kept.contains("\n2\n"), "{kept}");
        double.goes_right();
        let served = serve(&double, &data, key);
        let checkpoint = signed_for(&served, second.unwrap()).await;
        let after = line(&double);
        assert_eq!(after.last(), Some(&checkpoint.checkpoint));
        assert!(sizes(&after).is_sorted_by(|a, b| a < b), "{:?}", sizes(&after));
        if is_there {
            assert_eq!(after, before, "what was published is served, and not signed for again");
        }
        served.end("TERM");
    }
}
