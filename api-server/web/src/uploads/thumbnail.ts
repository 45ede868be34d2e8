// A small copy of a picture, which is stored with its upload and survives a reload.

const WIDTH = 160;
/** Of a very tall picture only the top is kept. */
const MOST_HEIGHT = 240;

/** A `data:` URL of a few kB; null if the browser cannot read the picture. */
export async function thumbnailOf(file: File): Promise<string | null> {
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: "medium" });
    const canvas = document.createElement("canvas");
    canvas.width = bitmap.width;
    canvas.height = Math.min(bitmap.height, MOST_HEIGHT);
    const context = canvas.getContext("2d");
    if (context === null) return null;
    // JPEG has no transparency.
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.7);
  } catch {
    return null;
  }
}
