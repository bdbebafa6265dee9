/**
 * Regular expressions whose cost is bounded: a pattern comes from a client and runs on the one thread that serves everybody.
 * JavaScript's own engine backtracks, and a pattern of ten characters can occupy it for years. This one follows all
 * alternatives at once, in steps proportional to pattern times subject.
 *
 * It knows the part of Java's syntax that can be matched so: literals, `.`, classes, groups, alternation, anchors, and
 * quantifiers. Look-around, back-references, flags, word boundaries and possessive quantifiers are refused.
 * A pattern matches a whole value, as in Java's `matches`.
 */
import { PATTERN_STATES } from '../../model/limits.ts'
import { ExpressionError } from './expression-error.ts'
import { parsePattern, type PatternNode } from './pattern-parser.ts'

type Instruction =
  | { readonly op: 'character'; readonly accepts: (code: number) => boolean }
  | { readonly op: 'split'; readonly first: number; second: number }
  | { readonly op: 'jump'; target: number }
  | { readonly op: 'start' | 'end' }
  | { readonly op: 'match' }

/** A predicate that tells if a whole text matches. Throws `ExpressionError` with positions counted from `offset`. */
export const compilePattern = (pattern: string, offset: number): ((text: string) => boolean) => {
  const program: Instruction[] = []
  emit(program, parsePattern(pattern, offset), () => new ExpressionError('too complex a pattern', offset))
  program.push({ op: 'match' })
  return (text) => run(program, text)
}

const emit = (program: Instruction[], node: PatternNode, tooComplex: () => Error): void => {
  if (program.length > PATTERN_STATES) throw tooComplex()
  switch (node.kind) {
    case 'character':
      program.push({ op: 'character', accepts: node.accepts })
      return
    case 'anchor':
      program.push({ op: node.at })
      return
    case 'sequence':
      for (const item of node.items) emit(program, item, tooComplex)
      return
    case 'choice':
      emitChoice(program, node.items, tooComplex)
      return
    case 'repeat':
      emitRepeat(program, node, tooComplex)
  }
}

const emitChoice = (program: Instruction[], items: readonly PatternNode[], tooComplex: () => Error): void => {
  const jumps: { op: 'jump'; target: number }[] = []
  for (const [index, item] of items.entries()) {
    const last = index === items.length - 1
    const split = { op: 'split' as const, first: program.length + 1, second: 0 }
    if (!last) program.push(split)
    emit(program, item, tooComplex)
    if (last) break
    const jump = { op: 'jump' as const, target: 0 }
    jumps.push(jump)
    program.push(jump)
    split.second = program.length
  }
  for (const jump of jumps) jump.target = program.length
}

/** `x{2,4}` becomes `xx(x(x)?)?`, `x{2,}` becomes `xxx*`. */
const emitRepeat = (
  program: Instruction[],
  { item, minimum, maximum }: Extract<PatternNode, { kind: 'repeat' }>,
  tooComplex: () => Error,
): void => {
  const tick = (): number => program.push({ op: 'jump', target: program.length + 1 })
  for (let count = 0; count < minimum; count++) {
    tick()
    emit(program, item, tooComplex)
  }
  if (maximum === Infinity) {
    const split = { op: 'split' as const, first: program.length + 1, second: 0 }
    const start = program.push(split) - 1
    emit(program, item, tooComplex)
    program.push({ op: 'jump', target: start })
    split.second = program.length
    return
  }
  const optional: { second: number }[] = []
  for (let count = minimum; count < maximum; count++) {
    const split = { op: 'split' as const, first: program.length + 1, second: 0 }
    program.push(split)
    optional.push(split)
    emit(program, item, tooComplex)
  }
  for (const split of optional) split.second = program.length
}

/** Each round holds every instruction that could be next; none is held twice, which is what bounds the work. */
const run = (program: readonly Instruction[], text: string): boolean => {
  const seenAt = new Int32Array(program.length).fill(-1)
  let current: number[] = []
  reach(program, 0, 0, text.length, seenAt, current)
  for (let index = 0; index < text.length && current.length > 0; index++) {
    const code = text.charCodeAt(index)
    const next: number[] = []
    for (const at of current) {
      const instruction = program[at]!
      if (instruction.op === 'character' && instruction.accepts(code)) {
        reach(program, at + 1, index + 1, text.length, seenAt, next)
      }
    }
    current = next
  }
  return seenAt[program.length - 1] === text.length
}

/** Adds to `threads` every character instruction that can be reached from `from` without reading. */
const reach = (
  program: readonly Instruction[],
  from: number,
  index: number,
  length: number,
  seenAt: Int32Array,
  threads: number[],
): void => {
  const pending = [from]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seenAt[at] === index) continue
    seenAt[at] = index
    const instruction = program[at]!
    if (instruction.op === 'character') threads.push(at)
    else if (instruction.op === 'jump') pending.push(instruction.target)
    else if (instruction.op === 'split') pending.push(instruction.second, instruction.first)
    else if (instruction.op === 'start' && index === 0) pending.push(at + 1)
    else if (instruction.op === 'end' && index === length) pending.push(at + 1)
  }
}
