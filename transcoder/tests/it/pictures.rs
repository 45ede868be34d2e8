//! Pictures that were uploaded: told by their bytes, made in a child, published like any other set.

use std::{
    fs::File,
    io::Cursor,
    time::{Duration, SystemTime},
};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, RgbaImage};
use shared::ids::{MediaId, SetId};
use shared::media::store::delete_replaced;
use shared::testing::webp_of_many_codes;
use transcoder::sweep::Sweeper;

use crate::stage::{Stage, test_video};

const HEIC: &[u8] = include_bytes!("../pictures/photo.heic");
const AVIF: &[u8] = include_bytes!("../pictures/photo.avif");

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn photo(width: u32, height: u32) -> Vec<u8> {
    let color = |x: u32, y: u32| Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 40]);
    let image = RgbImage::from_fn(width, height, color).into();
    written(&image, ImageFormat::Jpeg)
}

/// The kind of a media item, and whether it has a BlurHash.
async fn kind_of(stage: &Stage, media: MediaId) -> (String, bool) {
    sqlx::query_as("select kind, blurhash is not null from media where id = $1")
        .bind(media.0)
        .fetch_one(&stage.database.pool)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_becomes_variants_whatever_it_was_said_to_be() {
    let stage = Stage::new().await;
    // Said to be video/mp4, as every upload of this stage.
    let media = stage.upload_bytes(&photo(3000, 1500)).await;
    let ended = stage.finish(&stage.worker(), media).await;
    assert_eq!(ended.state, "ready", "{ended:?}");
    assert_eq!((ended.width, ended.height), (Some(3000), Some(1500)));
    assert_eq!((ended.duration_ms, ended.poster), (None, None));
    assert_eq!(kind_of(&stage, media).await, ("image".to_owned(), true));
    let rows: Vec<(String, i32, i32, String)> = sqlx::query_as(
        "select name, width, height, init_object from renditions where kind = 'image' order by width",
    )
    .fetch_all(&stage.database.pool)
    .await
    .unwrap();
    let sizes: Vec<_> = rows.iter().map(|row| (&row.0[..], row.1, row.2)).collect();
    let expected = [
        ("thumb", 320, 160),
        ("small", 640, 320),
        ("medium", 1280, 640),
        ("large", 2048, 1024),
    ];
    assert_eq!(sizes, expected);
    let folder = stage.set_folder(media).await;
    for (_, width, height, object) in &rows {
        let image = image::open(folder.join(object)).unwrap();
        assert_eq!(
            (image.width(), image.height()),
            (width.unsigned_abs(), height.unsigned_abs())
        );
    }
    assert_eq!(stage.objects(media).await.len(), 4);
    assert_eq!(stage.job(media).await.0, "done");
    assert_eq!(stage.events().await, ["media.ready"]);
    let mut sweeper = Sweeper::new(stage.database.pool.clone(), stage.store.clone());
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_seen_through_is_published_as_png_and_a_gif_as_its_first_frame() {
    let stage = Stage::new().await;
    let clear = DynamicImage::from(RgbaImage::new(400, 300));
    for (bytes, extension) in [
        (written(&clear, ImageFormat::Png), ".png"),
        (written(&clear, ImageFormat::WebP), ".png"),
        (
            written(&RgbImage::new(400, 300).into(), ImageFormat::Gif),
            ".jpg",
        ),
    ] {
        let media = stage.upload_bytes(&bytes).await;
        let ended = stage.finish(&stage.worker(), media).await;
        assert_eq!((&ended.state[..], ended.width), ("ready", Some(400)));
        for object in stage.objects(media).await {
            assert!(object.ends_with(extension), "{object}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_pictures_fail_with_a_code_and_leave_nothing() {
    let stage = Stage::new().await;
    let whole = photo(200, 200);
    let mut huge = whole.clone();
    let frame = huge.windows(2).position(|at| at == [0xff, 0xc0]).unwrap();
    huge[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    for (bytes, code) in [
        (&whole[..whole.len() / 2], "truncated"),
        (&huge, "too_many_pixels"),
        (b"\x89PNG\r\n\x1a\n<html>", "truncated"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "unsupported_svg",
        ),
        (b"II*\0\x08\0\0\0", "unsupported_tiff"),
        (&HEIC[..HEIC.len() / 2], "truncated"),
    ] {
        let media = stage.upload_bytes(bytes).await;
        let ended = stage.finish(&stage.worker(), media).await;
        assert_eq!(ended.error_code.as_deref(), Some(code));
        assert_eq!(stage.objects(media).await, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_file_that_needs_more_memory_than_allowed_is_refused_at_once() {
    let stage = Stage::new().await;
    let media = stage.upload_bytes(&webp_of_many_codes()).await;
    let ended = stage.finish(&stage.worker(), media).await;
    assert_eq!(ended.error_code.as_deref(), Some("out_of_memory"));
    assert_eq!(stage.objects(media).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn heic_and_avif_become_variants_and_never_a_video_of_one_frame() {
    let stage = Stage::new().await;
    for bytes in [HEIC, AVIF] {
        let media = stage.upload_bytes(bytes).await;
        let ended = stage.finish(&stage.worker(), media).await;
        assert_eq!(ended.state, "ready", "{ended:?}");
        assert_eq!((ended.width, ended.height), (Some(800), Some(600)));
        assert_eq!((ended.duration_ms, ended.poster), (None, None));
        assert_eq!(kind_of(&stage, media).await, ("image".to_owned(), true));
        assert_eq!(stage.objects(media).await.len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_beyond_the_workers_own_limit_is_refused() {
    let stage = Stage::new().await;
    let mut worker = stage.worker();
    worker.handler.limits.max_picture_pixels = 10_000;
    let media = stage.upload_bytes(&photo(101, 100)).await;
    let ended = stage.finish(&worker, media).await;
    assert_eq!(ended.error_code.as_deref(), Some("too_many_pixels"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_was_said_to_be_a_picture_is_a_video() {
    let stage = Stage::new().await;
    let media = stage.upload(&test_video()).await;
    for sql in [
        "update media set kind = 'image' where id = $1",
        "update jobs set priority = 10 where media_id = $1",
    ] {
        let update = sqlx::query(sql).bind(media.0);
        update.execute(&stage.database.pool).await.unwrap();
    }
    assert_eq!(stage.finish(&stage.worker(), media).await.state, "ready");
    assert_eq!(kind_of(&stage, media).await, ("video".to_owned(), false));
    // It lost the place of a picture in the queue.
    let sql = "select priority, attempts from jobs where media_id = $1";
    let row = sqlx::query_as::<_, (i16, i32)>(sql).bind(media.0);
    let row = row.fetch_one(&stage.database.pool).await;
    assert_eq!(row.unwrap(), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_request_left_is_swept_after_an_hour_and_not_before() {
    let stage = Stage::new().await;
    let (media, set) = (MediaId::generate(), SetId::generate());
    let folder = stage.store.set(media, set);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("thumb-0badcafe.jpg"), b"x").unwrap();
    let mut sweeper = Sweeper::new(stage.database.pool.clone(), stage.store.clone());
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    let long_ago = SystemTime::now() - Duration::from_hours(2);
    File::open(&folder).unwrap().set_modified(long_ago).unwrap();
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
    assert!(!stage.store.media(media).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_that_was_settled_goes_when_its_media_is_gone() {
    let stage = Stage::new().await;
    // A profile picture has no source; this one stands for it and has.
    stage.leave_files();
    let media = stage.upload_bytes(&photo(400, 300)).await;
    assert_eq!(stage.finish(&stage.worker(), media).await.state, "ready");
    let objects = stage.objects(media).await.len();
    let long_ago = SystemTime::now() - Duration::from_hours(2);
    let folder = File::open(stage.set_folder(media).await).unwrap();
    folder.set_modified(long_ago).unwrap();
    let mut sweeper = Sweeper::new(stage.database.pool.clone(), stage.store.clone());
    for _ in 0..2 {
        assert_eq!(sweeper.sweep().await.unwrap(), 0);
    }
    sqlx::query("update media set replaced_at = now() - interval '2 days' where id = $1")
        .bind(media.0)
        .execute(&stage.database.pool)
        .await
        .unwrap();
    let mut connection = stage.database.pool.acquire().await.unwrap();
    let deleted = delete_replaced(&mut connection, 10).await.unwrap();
    assert_eq!(deleted, [media]);
    assert_eq!(sweeper.sweep().await.unwrap(), objects);
    assert!(!stage.store.media(media).exists());
}
