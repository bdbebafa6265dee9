/** Layers of images: tar archives with files that say so, in the form of POSIX. */

/** By their paths; one that ends with `/` is a directory. */
export const aLayer = (files: Readonly<Record<string, string | Buffer>>): Buffer =>
  Buffer.concat([
    ...Object.entries(files).flatMap(([path, content]) => tarFile(path, Buffer.from(content))),
    Buffer.alloc(1024),
  ])

const tarFile = (path: string, content: Buffer): readonly Buffer[] =>
  Buffer.byteLength(path) <= 100
    ? [header(path, path.endsWith('/') ? '5' : '0', content.length), content, padding(content.length)]
    : [...tarFile('././@PaxHeader', paxPath(path)).map(asExtension), ...tarFile(path.slice(-90), content)]

const asExtension = (block: Buffer, index: number): Buffer => {
  if (index === 0) {
    block.write('x', 156)
    writeChecksum(block)
  }
  return block
}

const paxPath = (path: string): Buffer => {
  const rest = ` path=${path}\n`
  let length = Buffer.byteLength(rest)
  while (String(length).length + Buffer.byteLength(rest) !== length)
    length = String(length).length + Buffer.byteLength(rest)
  return Buffer.from(`${length}${rest}`)
}

const header = (path: string, flag: string, bytes: number): Buffer => {
  const block = Buffer.alloc(512)
  block.write(path, 0)
  block.write('0000644\0', 100)
  block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124)
  block.write(flag, 156)
  block.write('ustar\x0000', 257)
  writeChecksum(block)
  return block
}

const writeChecksum = (block: Buffer): void => {
  block.write('        ', 148)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
}

const padding = (bytes: number): Buffer => Buffer.alloc((512 - (bytes % 512)) % 512)
