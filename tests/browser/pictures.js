// Generates PNG files of any size with one colour and a lighter square.

import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function picture(name, width, height, [red, green, blue]) {
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x += 1) {
      const isInside = Math.abs(x - width / 2) < width / 6 && Math.abs(y - height / 2) < height / 6;
      const lift = isInside ? 60 : 0;
      row.set([red + lift, green + lift, blue + lift], 1 + x * 3);
    }
    return row;
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits per channel, RGB.
  head.set([8, 2, 0, 0, 0], 8);
  const chunks = [chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.concat(rows)))];
  const buffer = Buffer.concat([SIGNATURE, ...chunks, chunk("IEND", Buffer.alloc(0))]);
  return { name, mimeType: "image/png", buffer };
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
