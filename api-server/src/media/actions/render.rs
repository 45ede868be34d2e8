//! Converts a media row into the API's answer.

use shared::auth::Principal;
use shared::media::{FailureCode, FileOfMedia, Grant, Grants, MediaKind, RenditionKind, keys};

use crate::app::App;
use crate::media::model::{
    Failure, Media, MediaRow, Playback, RenditionRow, RenditionSummary, Variant,
};
use crate::media::source;

/// The representation for a viewer who may see the media item, without progress.
pub fn render(app: &App, viewer: Option<&Principal>, mut row: MediaRow) -> Media {
    let is_owner = row.is_of(viewer);
    let now = app.clock.now();
    let own = viewer.map(|viewer| Grant::for_session(viewer.session_id, now));
    let grant = if row.is_public {
        Some(Grant::Public)
    } else {
        own
    };
    let of_set = |file: &str| {
        let set = row.set_id?.to_string();
        grant.map(|grant| {
            app.grants.address(
                grant,
                row.id,
                FileOfMedia {
                    set: &set,
                    name: file,
                },
            )
        })
    };
    let source_url = own
        .filter(|_| is_owner && row.has_source)
        .map(|grant| source_address(&app.grants, grant, &row));
    let is_played = row.kind != Some(MediaKind::Image);
    let (images, rungs): (Vec<_>, Vec<_>) = std::mem::take(&mut row.renditions)
        .into_iter()
        .partition(|rendition| rendition.kind == RenditionKind::Image);
    let variant = |image: RenditionRow| {
        let url = of_set(image.object.as_deref()?)?;
        Some(Variant {
            name: image.name,
            width: image.width?,
            height: image.height?,
            url,
        })
    };
    let playback = Playback {
        hls_url: of_set(keys::MASTER_PLAYLIST).filter(|_| is_played),
        source_url,
    };
    Media {
        poster_url: row.poster.as_deref().and_then(of_set),
        playback,
        id: row.id,
        kind: row.kind,
        state: row.state,
        progress: None,
        error: row
            .error_code
            .filter(|_| is_owner)
            .map(|code| failure(code, row.error_detail)),
        width: row.width,
        height: row.height,
        duration_ms: row.duration_ms,
        alt: row.alt,
        blurhash: row.blurhash,
        renditions: rungs.into_iter().map(RenditionRow::into_rung).collect(),
        variants: images.into_iter().filter_map(variant).collect(),
    }
}

impl RenditionRow {
    fn into_rung(self) -> RenditionSummary {
        RenditionSummary {
            name: self.name,
            width: self.width,
            height: self.height,
            bandwidth_bps: self.bandwidth_bps,
        }
    }
}

fn source_address(grants: &Grants, grant: Grant, row: &MediaRow) -> String {
    let name = source::file_name(row.filename.as_deref(), row.filetype.as_deref());
    grants.address(
        grant,
        row.id,
        FileOfMedia {
            set: source::SET,
            name: &name,
        },
    )
}

fn failure(code: String, detail: Option<String>) -> Failure {
    let sentence = FailureCode::from_name(&code).map(|code| code.text().to_owned());
    Failure {
        detail: detail.or(sentence).unwrap_or_default(),
        code,
    }
}
