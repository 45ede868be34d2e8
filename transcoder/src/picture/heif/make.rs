//! Reads a file and converts its primary picture.

use shared::media::image::{Picture, PictureError, PictureFormat, Pixels, make_decoded};

use super::{
    container::Container,
    decode::{self, Decoder},
    layer::Layer,
    refusal::malformed,
};

/// Creates the variants of a HEIC or AVIF picture.
pub fn make_heif(
    file: &[u8],
    format: PictureFormat,
    decoder: Decoder<'_>,
) -> Result<Picture, PictureError> {
    let container = Container::parse(file).ok_or_else(|| malformed("no list of items"))?;
    let picture = Layer::of(&container, container.primary, format)?;
    let opacity = container.opacity_of(container.primary);
    let opacity = opacity.map(|item| Layer::of(&container, item, format));
    let opacity = opacity.transpose()?;
    let mut pixels = Pixels {
        format,
        size: picture.size,
        bytes: Vec::new(),
        has_alpha: opacity.is_some(),
        profile: picture.color.profile.map(<[u8]>::to_vec),
        primaries: picture.color.primaries,
        quarter_turns: picture.quarter_turns,
        is_mirrored: picture.is_mirrored,
    };
    let opacity_bytes = opacity.as_ref().map_or(0, Layer::tile_bytes);
    pixels.check(picture.tile_bytes() + opacity_bytes, decoder.max_pixels)?;
    pixels.bytes = decode::decode(&picture, decode::Kind::Colors, decoder)?;
    if let Some(opacity) = opacity {
        if opacity.size != picture.size {
            return Err(malformed("the opacity has another size"));
        }
        let opacity = decode::decode(&opacity, decode::Kind::Opacity, decoder)?;
        let (colors, _) = pixels.bytes.as_chunks::<3>();
        let pairs = colors.iter().zip(opacity);
        pixels.bytes = pairs
            .flat_map(|([r, g, b], alpha)| [*r, *g, *b, alpha])
            .collect();
    }
    make_decoded(pixels)
}
