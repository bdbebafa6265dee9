/** EC2's sentence for a required member that a request leaves out. */
import type { FaultDetails } from '../../wire/fault.ts'

export const missingMember = (_operation: string, path: string): FaultDetails => ({
  code: 'MissingParameter',
  message: `The request must contain the parameter ${path.charAt(0).toLowerCase()}${path.slice(1)}`,
})
