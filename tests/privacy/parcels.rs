//! A file of a hand-over that is damaged, cut off, or none at all is refused, and the desk goes on as it was.

use balie_core::outbox::State;
use balie_desk::hand_over::HandOverError;
use balie_store::rehearsal;
use balie_tests::scene::{Scene, YASMINA};

/// A file with one sale in it, and its code.
async fn parcel(scene: &Scene) -> (Vec<u8>, String) {
    scene.tap(YASMINA).await;
    scene.sell_first().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("over.balie");
    let handed = scene.desk.hand_over(&file).await.unwrap();
    (std::fs::read(&file).unwrap(), handed.code)
}

#[tokio::test]
async fn whatever_the_bytes_a_file_is_taken_over_whole_or_refused() {
    let first = Scene::start().await;
    let (whole, code) = parcel(&first).await;
    let second = Scene::start_beside(&first).await;
    let mut before = rehearsal::contents(&second.ledger).await.unwrap();
    let mut broken: Vec<Vec<u8>> = vec![b"SQLite format 3\0".to_vec(), vec![0; 4_096], vec![0xff; 8_192]];
    broken.extend((1..12).map(|part| whole[..whole.len() * part / 12].to_vec()));
    for place in (0..whole.len()).step_by(whole.len() / 60) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x40;
        broken.push(bytes);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("over.balie");
    let (mut refused, mut came) = (0, 0);
    for bytes in &broken {
        std::fs::write(&file, bytes).unwrap();
        match second.desk.take_over(&file, &code).await {
            Err(HandOverError::Unreadable) => refused += 1,
            // What was hit is read by nobody: the entries are whole, and come once.
            Ok(new) if came + new <= 1 => {
                came += new;
                before = rehearsal::contents(&second.ledger).await.unwrap();
            }
            other => panic!("{} bytes came to {other:?}", bytes.len()),
        }
        assert_eq!(rehearsal::contents(&second.ledger).await.unwrap(), before, "a refused file changes nothing");
    }
    assert!(refused > 40 && came == 1, "{refused} of {}", broken.len());
    std::fs::write(&file, &whole).unwrap();
    let wrong = second.desk.take_over(&file, "0000-0000-0000-0000-0000-0000").await;
    assert!(matches!(wrong, Err(HandOverError::Unreadable)), "{wrong:?}");
    second.desk.take_over(&file, &code).await.unwrap();
    assert_eq!(second.ledger.newest(10).await.unwrap().len(), 1);
    let taken = &second.ledger.newest(1).await.unwrap()[0];
    assert_eq!(taken.state, State::InDoubt);
}

#[tokio::test]
async fn a_file_of_a_few_bytes_brings_nothing_in() {
    let scene = Scene::start().await;
    let before = rehearsal::contents(&scene.ledger).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("over.balie");
    for length in [0, 1, 15, 100, 511, 512, 1_023, 4_095] {
        std::fs::write(&file, vec![b'x'; length]).unwrap();
        let taken = scene.desk.take_over(&file, "abcd-efgh").await;
        // SQLite would take a few bytes for the beginning of a new file.
        assert!(matches!(taken, Err(HandOverError::Unreadable)), "{length} bytes came to {taken:?}");
    }
    assert_eq!(rehearsal::contents(&scene.ledger).await.unwrap(), before);
}
