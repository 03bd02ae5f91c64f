#![doc = include_str!("../README.md")]

pub mod auth;
pub mod bench;
pub mod clock;
pub mod commands;
pub mod config;
pub mod demo;
pub mod feed;
pub mod flows;
pub mod graphql;
pub mod http;
pub mod hub;
pub mod jobs;
pub mod keyfile;
pub mod telemetry;
