//! `#[derive(Packed)]`: how a struct is packed is how its fields are, one after the other; of an enum, the place of the
//! variant and then its fields. It runs when the core is compiled and is no part of what ships.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DataEnum, DeriveInput, Fields, Ident, Member, parse_macro_input};

/// Implements `readmit_core::packed::Packed`, inside that crate.
#[proc_macro_derive(Packed)]
pub fn packed(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let DeriveInput { ident, generics, data, .. } = parse_macro_input!(input);
    let bodies = match data {
        _ if !generics.params.is_empty() => Err("Packed cannot be derived for a type with parameters"),
        Data::Struct(data) => Ok(of_struct(&data.fields)),
        Data::Enum(data) => Ok(of_enum(&data)),
        Data::Union(_) => Err("Packed cannot be derived for a union"),
    };
    let written = match bodies {
        Ok((pack, unpack)) => quote! {
            #[automatically_derived]
            impl crate::packed::Packed for #ident {
                fn pack(&self, bytes: &mut ::std::vec::Vec<u8>) {
                    #pack
                }

                fn unpack(from: &mut crate::packed::Reader<'_>) -> Self {
                    #unpack
                }
            }
        },
        Err(complaint) => quote! { ::core::compile_error!(#complaint); },
    };
    written.into()
}

fn of_struct(fields: &Fields) -> (TokenStream, TokenStream) {
    let members: Vec<Member> = fields.members().collect();
    (
        quote! { #( crate::packed::Packed::pack(&self.#members, bytes); )* },
        quote! { Self { #( #members: crate::packed::Packed::unpack(from) ),* } },
    )
}

fn of_enum(data: &DataEnum) -> (TokenStream, TokenStream) {
    let count = u8::try_from(data.variants.len()).unwrap_or(u8::MAX);
    let mut packing = Vec::new();
    let mut unpacking = Vec::new();
    for (place, variant) in (0..count).zip(&data.variants) {
        let name = &variant.ident;
        let members: Vec<Member> = variant.fields.members().collect();
        let names: Vec<Ident> = members.iter().map(|member| format_ident!("its_{}", member)).collect();
        packing.push(quote! {
            Self::#name { #( #members: #names ),* } => {
                bytes.push(#place);
                #( crate::packed::Packed::pack(#names, bytes); )*
            }
        });
        // `Reader::choice` gives nothing beyond the last.
        let place = if place + 1 == count {
            quote! { _ }
        } else {
            quote! { #place }
        };
        unpacking.push(quote! { #place => Self::#name { #( #members: crate::packed::Packed::unpack(from) ),* } });
    }
    (quote! { match self { #( #packing )* } }, quote! { match from.choice(#count) { #( #unpacking, )* } })
}
