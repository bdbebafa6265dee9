/** Whom this process believes, beside the authorities that Node knows: for installations with a certificate authority of their own. */
import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { UserError } from './command.ts'

/** The same for certificates in PEM. Throws if it holds none. */
export const trustCertificateText = (text: string): void =>
  setDefaultCACertificates([...getCACertificates('default'), text])

/** From now on, certificates that are signed by those in the file (PEM) hold for every connection of this process. */
export const trustCertificates = (file: string): void => {
  try {
    trustCertificateText(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UserError(`${file} holds no certificates that can be trusted (${(error as Error).message}).`, {
      cause: error,
    })
  }
}
