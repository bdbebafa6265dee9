/** Plain tables for terminals: a header, aligned columns, numbers to the right. */
import { visible } from '../kit/visible.ts'

type Cell = string | number | undefined

export const table = (header: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  if (rows.length === 0) return ''
  const texts = [header, ...rows.map((row) => row.map((cell) => visible(String(cell ?? '-'))))]
  const widths = header.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)))
  const isNumeric = header.map((_, column) => rows.every((row) => typeof row[column] === 'number'))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
  return `${texts.map((row) => line(row).trimEnd()).join('\n')}\n`
}
