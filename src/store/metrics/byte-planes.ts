/**
 * Columns of numbers for a compressor: first the first bytes of all numbers, then the second ones, and so on. Bytes of one place are alike
 * where numbers are.
 */

type Column = Float64Array | Uint16Array

export const inPlanes = ({ buffer, byteOffset, byteLength, length, BYTES_PER_ELEMENT: width }: Column): Buffer => {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  const planes = Buffer.allocUnsafe(byteLength)
  for (let plane = 0; plane < width; plane++)
    for (let index = 0; index < length; index++) planes[plane * length + index] = bytes[index * width + plane]!
  return planes
}

/** Fills the column, whose length says how many numbers there are. */
export const outOfPlanes = <C extends Column>(planes: Uint8Array, column: C): C => {
  const { length, BYTES_PER_ELEMENT: width } = column
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
  for (let plane = 0; plane < width; plane++)
    for (let index = 0; index < length; index++) bytes[index * width + plane] = planes[plane * length + index]!
  return column
}
