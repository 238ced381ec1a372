//! The authorities whose certificates are trusted, where they are not Mozilla's.

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

/// More than any system's bundle holds.
const MAX_ROOTS: usize = 10_000;

/// Certificates of authorities, as a file of them says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roots(Vec<Vec<u8>>);

impl Roots {
    /// The certificates in a PEM file. What else it holds is passed over.
    ///
    /// # Errors
    /// A file that is damaged or holds none.
    pub fn parse(pem: &[u8]) -> Result<Roots, String> {
        let mut roots = Vec::new();
        for item in parse_pem(pem) {
            match item {
                Ok(PemItem::Certificate(certificate)) if roots.len() < MAX_ROOTS => {
                    roots.push(certificate.der().to_vec());
                }
                Ok(_) => {}
                Err(_) => return Err("holds a certificate in PEM that is damaged".to_owned()),
            }
        }
        if roots.is_empty() { Err("holds no certificate in PEM".to_owned()) } else { Ok(Roots(roots)) }
    }

    /// For the client.
    pub(super) fn certificates(&self) -> RootCerts {
        self.0.iter().map(|der| Certificate::from_der(der).to_owned()).collect::<Vec<_>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pem: &str, expect: Result<usize, &str>) {
        let found = Roots::parse(pem.as_bytes());
        assert_eq!(found.map(|roots| roots.0.len()), expect.map_err(|part| format!("holds {part}")), "{pem}");
    }

    #[test]
    fn reads_the_certificates_of_a_file() {
        let one = "-----BEGIN CERTIFICATE-----\nAAECAwQ=\n-----END CERTIFICATE-----\n";
        check(&format!("# an authority\n{one}\n{one}"), Ok(2));
        check(&format!("-----BEGIN PRIVATE KEY-----\nAAEC\n-----END PRIVATE KEY-----\n{one}"), Ok(1));
        check("", Err("no certificate in PEM"));
        check(
            "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n",
            Err("a certificate in PEM that is damaged"),
        );
        check("-----BEGIN CERTIFICATE-----\nAAEC", Err("a certificate in PEM that is damaged"));
    }
}
