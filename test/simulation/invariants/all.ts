/** Every invariant that is looked at after each step. */
import { acknowledged } from './acknowledged.ts'
import { draining } from './draining.ts'
import { connected } from './connected.ts'
import { forward } from './forward.ts'
import { hostPorts } from './host-ports.ts'
import type { MakeInvariant } from './invariant.ts'
import { minMax } from './min-max.ts'
import { once } from './once.ts'
import { orphans } from './orphans.ts'
import { primary } from './primary.ts'
import { protection } from './protection.ts'
import { resources } from './resources.ts'
import { shift } from './shift.ts'

export const INVARIANTS: readonly MakeInvariant[] = [
  resources,
  hostPorts,
  forward,
  once,
  acknowledged,
  orphans,
  connected,
  draining,
  minMax,
  primary,
  protection,
  shift,
]
