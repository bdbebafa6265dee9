/** Whom this process believes, beside the authorities that Node knows: for installations with a certificate authority of their own. */
import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { UserError } from './command.ts'

/** From now on, certificates that are signed by those in the file (PEM) hold for every connection of this process. */
export const trustCertificates = (file: string): void => {
  try {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(file, 'utf8')])
  } catch (error) {
    throw new UserError(`${file} holds no certificates that can be trusted (${(error as Error).message}).`, {
      cause: error,
    })
  }
}
