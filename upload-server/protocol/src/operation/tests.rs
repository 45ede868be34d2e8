//! What the state of an upload permits, as tables and against a model.

use http::StatusCode;
use proptest::prelude::*;

use crate::*;

fn upload(offset: u64, length: u64, phase: Phase) -> Upload<'static> {
    Upload {
        offset,
        length: Some(length),
        phase,
        metadata: "",
    }
}

#[test]
fn an_append_is_permitted_only_at_the_end_and_within_the_length() {
    let open = upload(4, 10, Phase::Open);
    let permit = |offset, body, upload: &Upload<'_>| Append { offset, body }.permit(upload, 100);
    let fits = Ok(Permit { offset: 4, room: 6 });
    assert_eq!(permit(4, BodyLength::Exactly(6), &open), fits);
    assert_eq!(permit(4, BodyLength::Unknown, &open), fits);
    assert_eq!(permit(4, BodyLength::Empty, &open), fits);
    assert_eq!(
        permit(4, BodyLength::Exactly(7), &open),
        Err(Error::BeyondLength)
    );
    assert_eq!(
        permit(4, BodyLength::Exactly(u64::MAX), &open),
        Err(Error::BeyondLength)
    );
    for provided in [0, 3, 5, u64::MAX] {
        let error = permit(provided, BodyLength::Exactly(1), &open).unwrap_err();
        assert_eq!(
            error,
            Error::OffsetMismatch {
                expected: 4,
                provided
            }
        );
        assert_eq!(error.status(), StatusCode::CONFLICT);
    }
    let deferred = Upload {
        length: None,
        ..open
    };
    assert_eq!(
        permit(4, BodyLength::Unknown, &deferred),
        Ok(Permit {
            offset: 4,
            room: 96
        }),
        "an unknown length is bounded by the largest size"
    );
}

#[test]
fn a_complete_upload_takes_an_empty_append_at_its_end_and_nothing_else() {
    let complete = upload(10, 10, Phase::Complete);
    let permit = |offset, body| Append { offset, body }.permit(&complete, 100);
    assert_eq!(
        permit(10, BodyLength::Empty),
        Ok(Permit {
            offset: 10,
            room: 0
        })
    );
    assert_eq!(permit(10, BodyLength::Exactly(1)), Err(Error::BeyondLength));
    assert_eq!(
        permit(0, BodyLength::Empty).unwrap_err().status(),
        StatusCode::CONFLICT
    );
    assert_eq!(complete.may_terminate(), Err(Error::AlreadyComplete));
}

#[test]
fn what_is_gone_is_410_whatever_is_asked() {
    for why in [
        Gone::Expired,
        Gone::Terminated,
        Gone::Rejected,
        Gone::Condemned,
    ] {
        let gone = upload(4, 10, Phase::Gone(why));
        let append = Append {
            offset: 4,
            body: BodyLength::Empty,
        };
        for refused in [
            append.permit(&gone, 100).map(drop),
            gone.must_exist(),
            gone.may_terminate(),
        ] {
            assert_eq!(refused.unwrap_err().status(), StatusCode::GONE);
        }
    }
}

proptest! {
    /// The whole life of an upload against the simplest model: a vector of bytes.
    #[test]
    fn offsets_grow_by_what_was_written_and_never_pass_the_length(
        length in 0_u64..64,
        appends in prop::collection::vec((0_u64..70, 0_u64..20, any::<bool>()), 0..40),
    ) {
        let mut model: Vec<u8> = Vec::new();
        for (offset, bytes, is_announced) in appends {
            let end = model.len() as u64;
            let full = end == length;
            let phase = if full { Phase::Complete } else { Phase::Open };
            let body = if is_announced { BodyLength::Exactly(bytes) } else { BodyLength::Unknown };
            match (Append { offset, body }).permit(&upload(end, length, phase), 1 << 33) {
                Ok(permit) => {
                    prop_assert_eq!(permit.offset, end);
                    prop_assert_eq!(permit.room, length - end);
                    let written = bytes.min(permit.room);
                    model.extend((0..written).map(|_| 0));
                }
                Err(Error::OffsetMismatch { expected, .. }) => {
                    prop_assert_eq!(expected, end);
                    prop_assert_ne!(offset, end);
                }
                Err(error) => {
                    prop_assert_eq!(error, Error::BeyondLength);
                    prop_assert!(is_announced && end + bytes > length);
                }
            }
            prop_assert!(model.len() as u64 <= length);
        }
    }
}
