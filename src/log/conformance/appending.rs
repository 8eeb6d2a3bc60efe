//! What a writer can rely on.
use super::ground::{Broken, Ground, must, numbers};
use crate::log::{EVENT_BYTES_MAX, Error, Expected, NewRecord};
use bytes::Bytes;
use jiff::{Timestamp, ToSpan};

pub(super) async fn an_append_is_read_back_in_order_and_byte_by_byte(ground: Ground) -> Result<(), Broken> {
    let every_byte: Vec<u8> = (0..=255).collect();
    let [first, second, third] = [1, 2, 3].map(|it| ground.event(it));
    let sent = vec![
        NewRecord { kind: "Entschließung angenommen ✓".into(), ..first },
        NewRecord { data: Bytes::from(every_byte), ..second },
        NewRecord { meta: Bytes::new(), ..third },
    ];
    ground.log.append(&ground.stream("meeting-Ü"), Expected::NoStream, sent.clone()).await?;
    let found = ground.read("meeting-Ü", 0).await?;
    must!(found.iter().map(|it| it.revision).eq(0..3), "revisions: {found:?}");
    for (it, sent) in found.iter().zip(&sent) {
        must!(*it.stream == *ground.stream("meeting-Ü"), "the name came back as {:?}", it.stream);
        let same = (it.id, &it.kind, &it.data, &it.meta) == (sent.id, &sent.kind, &sent.data, &sent.meta);
        must!(same, "{sent:?} came back as {it:?}");
    }
    must!(ground.read_all().await? == found, "a stream and the whole log differ");
    Ok(())
}

pub(super) async fn an_append_answers_where_its_last_event_is(ground: Ground) -> Result<(), Broken> {
    let appended =
        ground.log.append(&ground.stream("a-1"), Expected::NoStream, ground.events(&[1, 2])).await?;
    let found = ground.read("a-1", 0).await?;
    let last = found.last().ok_or("nothing is there")?;
    let answered = (appended.position, appended.revision, appended.recorded_at);
    must!(
        answered == (last.position, last.revision, last.recorded_at),
        "{appended:?} is not where {last:?} is"
    );
    let head = ground.log.head().await?;
    must!(head >= Some(last.position), "the head is {head:?}, before {last:?}");
    Ok(())
}

pub(super) async fn a_stale_writer_gets_a_conflict_and_writes_nothing(ground: Ground) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1, 2]).await?;
    let wrong = [
        ("a-1", Expected::NoStream, Some(1)),
        ("a-1", Expected::Revision(0), Some(1)),
        ("a-1", Expected::Revision(2), Some(1)),
        ("a-2", Expected::Revision(0), None),
        ("a-2", Expected::Revision(u64::MAX), None),
    ];
    for (name, believed, last) in wrong {
        let stale = ground.log.append(&ground.stream(name), believed, ground.events(&[3, 4])).await;
        let Err(Error::Conflict { stream, expected, found }) = &stale else {
            return Err(format!("{name} {believed:?}: {stale:?} instead of a conflict"));
        };
        let says = **stream == *ground.stream(name) && (*expected, *found) == (believed, last);
        must!(says, "{name} {believed:?}: {stale:?} instead of {last:?}");
    }
    let found = numbers(&ground.read_all().await?);
    must!(found == [1, 2], "{found:?}");
    ground.append("a-1", Expected::Revision(1), &[3, 4]).await
}

pub(super) async fn an_append_of_nothing_is_refused(ground: Ground) -> Result<(), Broken> {
    ground.is_unacceptable("a-1", Expected::NoStream, vec![]).await?;
    must!(ground.read("a-1", 0).await?.is_empty(), "something is there");
    Ok(())
}

pub(super) async fn an_event_over_the_limit_is_refused_with_all_of_its_append(
    ground: Ground,
) -> Result<(), Broken> {
    let [small, large] = [1, 2].map(|it| ground.event(it));
    let room = EVENT_BYTES_MAX - large.meta.len();
    let over = NewRecord { data: Bytes::from(vec![b'x'; room + 1]), ..large.clone() };
    let fits = NewRecord { data: over.data.slice(1..), ..large };
    ground.is_unacceptable("a-1", Expected::NoStream, vec![small.clone(), over]).await?;
    must!(ground.read_all().await?.is_empty(), "a part of it is there");
    ground.log.append(&ground.stream("a-1"), Expected::NoStream, vec![small, fits.clone()]).await?;
    let found = ground.read("a-1", 1).await?;
    must!(found.iter().map(|it| &it.data).eq([&fits.data]), "the largest event came back otherwise");
    Ok(())
}

pub(super) async fn an_event_of_a_mebibyte_comes_back_whole(ground: Ground) -> Result<(), Broken> {
    let sizes = [1 << 20, 1, (1 << 20) + 1, 0, (1 << 20) - 1];
    let noise = |(seed, size): (u32, u32)| {
        let bytes = (0..size).map(|n| n.wrapping_mul(2_654_435_761) >> 24 ^ seed);
        Bytes::from(bytes.map(|it| it.to_le_bytes()[0]).collect::<Vec<u8>>())
    };
    let sent: Vec<NewRecord> = (0..)
        .zip(sizes)
        .map(|(seed, size)| NewRecord { data: noise((seed, size)), ..ground.event(seed.into()) })
        .collect();
    ground.log.append(&ground.stream("a-1"), Expected::NoStream, sent.clone()).await?;
    let found = ground.read("a-1", 0).await?;
    must!(found.iter().map(|it| &it.data).eq(sent.iter().map(|it| &it.data)), "it came back otherwise");
    Ok(())
}

pub(super) async fn an_append_repeated_changes_nothing_and_answers_the_same(
    ground: Ground,
) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1]).await?;
    let stream = ground.stream("a-1");
    let twice = || ground.log.append(&stream, Expected::Revision(0), ground.events(&[2, 3]));
    let first = twice().await?;
    ground.append("a-1", Expected::Revision(2), &[4]).await?;
    ground.append("a-2", Expected::NoStream, &[5]).await?;
    let again = twice().await?;
    must!(again == first, "{first:?}, then {again:?}");
    let found = numbers(&ground.read_all().await?);
    must!(found == [1, 2, 3, 4, 5], "{found:?}");
    Ok(())
}

pub(super) async fn a_part_of_what_is_there_is_unacceptable(ground: Ground) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1, 2, 3]).await?;
    let wrong: [(Expected, &[u64]); 4] = [
        (Expected::Revision(1), &[3, 4]),
        (Expected::NoStream, &[2, 1]),
        (Expected::NoStream, &[1, 3]),
        (Expected::Revision(2), &[5, 5]),
    ];
    for (expected, numbers) in wrong {
        ground.is_unacceptable("a-1", expected, ground.events(numbers)).await?;
    }
    let found = numbers(&ground.read_all().await?);
    must!(found == [1, 2, 3], "{found:?}");
    ground.append("a-1", Expected::Revision(2), &[4, 5]).await
}

pub(super) async fn an_id_is_used_once_in_the_whole_log(ground: Ground) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1, 2, 3]).await?;
    let wrong: [(&str, Expected, &[u64]); 3] = [
        ("a-2", Expected::NoStream, &[1]),
        ("a-1", Expected::Revision(2), &[1]),
        ("a-1", Expected::Revision(2), &[4, 3]),
    ];
    for (name, expected, numbers) in wrong {
        ground.is_unacceptable(name, expected, ground.events(numbers)).await?;
    }
    let found = numbers(&ground.read_all().await?);
    must!(found == [1, 2, 3], "{found:?}");
    Ok(())
}

pub(super) async fn an_imported_event_keeps_its_time_while_time_goes_on(
    ground: Ground,
) -> Result<(), Broken> {
    let now =
        ground.log.append(&ground.stream("a-0"), Expected::NoStream, ground.events(&[0])).await?.recorded_at;
    let (soon, late) = (now + 2.milliseconds(), now + 4.milliseconds());
    let at = |id, at| NewRecord { recorded_at: Some(at), ..ground.event(id) };
    let records = vec![at(1, soon), at(2, late), at(3, soon), ground.event(4)];
    let appended = ground.log.append(&ground.stream("a-1"), Expected::NoStream, records).await?;
    let times: Vec<_> = ground.read("a-1", 0).await?.iter().map(|it| it.recorded_at).collect();
    let kept = times.starts_with(&[soon, late, soon]) && times.last().is_some_and(|it| *it > late);
    must!(kept, "{soon}, {late}: {times:?}");
    must!(Some(&appended.recorded_at) == times.last(), "{appended:?}, but {times:?}");
    let never = vec![at(5, Timestamp::MAX), ground.event(6)];
    ground.is_unacceptable("a-1", Expected::Revision(3), never).await?;
    ground.append("a-1", Expected::Revision(3), &[5]).await
}
